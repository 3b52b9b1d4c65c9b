import type { ContentPart } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { jobWith, runningStep } from '../../test/job.ts';
import { promptText, shownParts, spokenContent, withoutData } from './prompt-content.ts';

const png = 'data:image/png;base64,aGVsbG8=';
const parts: ContentPart[] = [
  { type: 'text', text: 'What is this?' },
  { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
  { type: 'image_url', image_url: { url: png } },
  { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGVsbG8h' } },
  { type: 'file', file: { file_id: 'file-1' } },
];
const job = jobWith({ phase: { name: 'turn', step: runningStep } });
const history = { job, prompt: promptText(parts), content: parts, steps: [] };

test('the text of a prompt names what is no text', () => {
  expect(promptText(parts).split('\n')).toEqual([
    'What is this?',
    '[image: https://example.com/a.png]',
    '[image: data:image/png;base64,...(5 bytes)]',
    '[file: a.pdf]',
    '[file: file-1]',
  ]);
});

test('parts are shown without their data', () => {
  const shown = shownParts(parts);
  expect(shown[1]).toEqual(parts[1]);
  expect(shown[2]).toEqual({
    type: 'image_url',
    image_url: { url: 'data:image/png;base64,...(5 bytes)' },
  });
  expect(JSON.stringify(shown)).not.toContain('aGVsbG8');
});

test('an earlier prompt keeps what the endpoint can fetch, and names data', () => {
  expect(withoutData(history).content).toEqual([
    parts[0],
    parts[1],
    { type: 'text', text: '[image: data:image/png;base64,...(5 bytes)]' },
    { type: 'text', text: '[file: a.pdf]' },
    parts[4],
  ]);
  expect(withoutData({ ...history, content: parts.slice(2, 4) }).content).toBeUndefined();
});

test('the endpoint is given the parts as they came, without blank ones', () => {
  expect(spokenContent(history)).toEqual(parts);
  const blank = { type: 'text', text: '  ' } as const;
  expect(spokenContent({ ...history, content: [blank, ...parts.slice(1, 2)] })).toEqual([parts[1]]);
  expect(spokenContent({ ...history, prompt: ' ', content: [blank] })).toBe(
    '(This message is empty.)',
  );
});
