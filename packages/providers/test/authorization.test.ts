import { describe, expect, it } from 'vitest';
import { account, fetchMails, sendMail, startTools } from './harness/start-tools.ts';

const verifyUrl = 'http://localhost:3000/callback';

async function startWithLink() {
  const started = await startTools({ sandbox: {} });
  const link = await started.tools.authorizationLink(account, { state: 'state-1', verifyUrl });
  if (link.kind !== 'found') throw new Error(link.failure.message);
  return { ...started, link: link.value };
}

/** What the browser brings back after the person approved. */
function comeBack(redirect: string | undefined): string {
  const url = new URL(redirect ?? '');
  expect(url.searchParams.get('state')).toBe('state-1');
  return url.searchParams.get('auth_request_id') ?? '';
}

describe('sending a person to the consent page', () => {
  it('gives a link with the state and the time it ends at, for an account that is new', async () => {
    const { sandbox, link } = await startWithLink();
    expect(link.url).toMatch(sandbox.origin);
    expect(link.expiresAt - Date.now()).toBeGreaterThan(500_000);
    expect(link.expiresAt - Date.now()).toBeLessThan(700_000);
    expect(sandbox.control.approve(link.url)).toContain(verifyUrl);
  });

  it('refuses a connection that does not exist', async () => {
    const { tools } = await startTools();
    const elsewhere = { ...account, connection: 'gmial' };
    const options = { state: 's', verifyUrl };
    expect(await tools.authorizationLink(elsewhere, options)).toMatchObject({
      kind: 'fatal',
      failure: { code: 'unknown_connection' },
    });
  });
});

describe('checking who came back', () => {
  it('makes the account active, and nobody is told the old story', async () => {
    const { sandbox, tools, link } = await startWithLink();
    await tools.listTools(account);
    const authRequestId = comeBack(sandbox.control.approve(link.url));
    expect(await tools.verify(account, authRequestId)).toEqual({ kind: 'verified' });
    expect(await tools.isAccountActive(account, { fresh: false })).toEqual({
      kind: 'found',
      value: true,
    });
  });

  it('hands on where Scalekit wants the browser to go', async () => {
    const postUserVerifyRedirectUrl = 'https://app.example.com/done';
    const { sandbox, tools } = await startTools({ sandbox: { postUserVerifyRedirectUrl } });
    const link = await tools.authorizationLink(account, { state: 'state-1', verifyUrl });
    const url = link.kind === 'found' ? link.value.url : '';
    const authRequestId = comeBack(sandbox.control.approve(url));
    expect(await tools.verify(account, authRequestId)).toEqual({
      kind: 'verified',
      redirectUrl: postUserVerifyRedirectUrl,
    });
  });

  it('refuses another user, and uses nothing up by that', async () => {
    const { sandbox, tools, link } = await startWithLink();
    const authRequestId = comeBack(sandbox.control.approve(link.url));
    expect(await tools.verify({ ...account, tenant: 'acme' }, authRequestId)).toMatchObject({
      kind: 'refused',
      failure: { code: 'scalekit_user_mismatch' },
    });
    expect(await tools.verify(account, authRequestId)).toMatchObject({ kind: 'verified' });
  });

  it('refuses what is not known, and what was used', async () => {
    const { sandbox, tools, link } = await startWithLink();
    const unknown = { kind: 'refused', failure: { code: 'scalekit_authorization_unknown' } };
    expect(await tools.verify(account, 'auth_req_none')).toMatchObject(unknown);
    const authRequestId = comeBack(sandbox.control.approve(link.url));
    await tools.verify(account, authRequestId);
    expect(await tools.verify(account, authRequestId)).toMatchObject(unknown);
  });

  it.each([
    ['Internal', 'transient', 'scalekit_unavailable'],
    ['ResourceExhausted', 'transient', 'scalekit_rate_limited'],
    ['InvalidArgument', 'refused', 'scalekit_authorization_invalid'],
  ] as const)('answers %s: %s, %s', async (status, kind, code) => {
    const { sandbox, tools } = await startTools();
    sandbox.control.addFault({
      match: { operation: 'VerifyConnectedAccountUser' },
      effect: { kind: 'grpc_status', code: status },
    });
    expect(await tools.verify(account, 'auth_req_1')).toMatchObject({ kind, failure: { code } });
  });
});

// Invariant 11.
it('lets no token of an account or of Scalekit, and no secret, out of any answer', async () => {
  const { sandbox, tools, link, execute } = await startWithLink();
  const answers: unknown[] = [link];
  answers.push(await tools.verify(account, comeBack(sandbox.control.approve(link.url))));
  answers.push(await tools.isAccountActive(account, { fresh: true }));
  answers.push(await tools.connections(), await tools.listTools(account));
  answers.push(await execute(sendMail), await execute(fetchMails));
  sandbox.control.expireAccount({ identifier: 'user_123', connection: 'gmail' });
  answers.push(await execute(sendMail), await execute(fetchMails));
  sandbox.control.addFault({
    match: { operation: 'ExecuteTool' },
    effect: {
      kind: 'grpc_status',
      code: 'InvalidArgument',
      message: `echo ${sandbox.clientSecret} Bearer sandbox-access-token-abcdefghijkl`,
    },
  });
  answers.push(await execute(sendMail));
  const text = JSON.stringify(answers);
  expect(text).not.toMatch(/sandbox-(?:oauth|access)-/);
  expect(text).not.toContain(sandbox.clientSecret);
});
