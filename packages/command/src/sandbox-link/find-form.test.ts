import { expect, test } from 'vitest';
import { findForm } from './find-form.ts';

const page = new URL('http://localhost:4000/magicLink/abc?x=1');

function sent(html: string, label = 'Approve') {
  const form = findForm(html, page, label);
  return form && `${form.method} ${form.action.href} ${form.fields.toString()}`;
}

test('a form without an action posts to its own page, with the button pressed', () => {
  const html = `<form method="post">
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="deny">Deny</button></form>`;
  expect(sent(html)).toBe('POST http://localhost:4000/magicLink/abc?x=1 decision=approve');
});

test('hidden fields are sent, with their entities decoded, and visible ones are not', () => {
  const html = `<form METHOD=POST action="../consent?a=1&amp;b=2">
    <input type="hidden" name="token" value="a&amp;b &quot;c&quot;">
    <input name="comment" value="hello"><input type=submit value="Approve"></form>`;
  expect(sent(html)).toBe('POST http://localhost:4000/consent?a=1&b=2 token=a%26b+%22c%22');
});

test('the form with the approve button is taken, whichever it is', () => {
  const html = `<form action="/search"><button>Search</button></form>
    <form action="/deny" method="post"><button>Deny</button></form>
    <form action="/allow"><button name="d" value="yes"> <b>Approve</b> </button></form>`;
  expect(sent(html)).toBe('GET http://localhost:4000/allow d=yes');
});

test('the button is found by the label that is asked for', () => {
  const html = `<form method="post"><input type="hidden" name="proof" value="p">
    <button type="submit">Continue</button></form>`;
  expect(sent(html, 'continue')).toBe('POST http://localhost:4000/magicLink/abc?x=1 proof=p');
  expect(sent(html)).toBeUndefined();
});

test.each([
  ['no form', '<button>Approve</button>'],
  ['only a denial', '<form method="post"><button>Deny</button></form>'],
  ['a button that sends nothing', '<form><button type="button">Approve</button></form>'],
  ['a form in a comment', '<!-- <form><button>Approve</button></form> -->'],
  ['an action that is no address', '<form action="http://["><button>Approve</button></form>'],
])('%s is no form to approve', (_name, html) => {
  expect(sent(html)).toBeUndefined();
});
