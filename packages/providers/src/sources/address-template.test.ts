import { expect, test } from 'vitest';
import { fillAddress, fillHeaders, templateProblem, UnusableAddress } from './address-template.ts';

const caller = { tenant: 'acme', user: 'ada@example.com/../x?y=#z' };

test('a user stays within the segment and the parameter in which it stands', () => {
  const url = fillAddress('https://mcp.example/u/{user}/mcp?as={user}', caller);
  expect(url.pathname).toBe('/u/ada%40example.com%2F..%2Fx%3Fy%3D%23z/mcp');
  expect(url.searchParams.get('as')).toBe(caller.user);
  expect(url.host).toBe('mcp.example');
});

test.each(['.', '..'])('a user named %s gets no address', (user) => {
  expect(() => fillAddress('https://mcp.example/u/{user}/mcp', { tenant: 'acme', user })).toThrow(
    UnusableAddress,
  );
});

test('headers are filled for the user, without line breaks', () => {
  const headers = fillHeaders({ 'X-User': 'u={user}' }, { tenant: 'acme', user: 'a\r\nX: 1' });
  expect(headers).toEqual({ 'X-User': 'u=a%0D%0AX%3A%201' });
});

test.each([
  ['https://mcp.example/{user}', undefined],
  ['https://{user}.example/', 'must not have {user} or {tenant} in its host'],
  ['https://mcp.example/{name}', '{name} is not known: {user} and {tenant} are'],
  ['file:///etc/passwd', 'must be a URL that starts with http:// or https://'],
  ['mcp.example', 'must be a URL that starts with http:// or https://'],
])('%s: %s', (template, problem) => {
  expect(templateProblem(template)).toBe(problem);
});
