import { Fragment, type ReactNode } from 'react';
import { plainText } from '../text/plain-text.ts';
import { LongText } from './long-text.tsx';
import styles from './markdown.module.css';

/** Longer texts are shown as they are, a page at a time. */
const longest = 20_000;

/**
 * A model's text with what is common of Markdown drawn: headings, lists, code, bold. It is read into elements here, and
 * nothing of it is HTML; links and images stay text, since nobody knows where a model's link leads.
 */
export function Markdown({ text }: { readonly text: string }) {
  if (text.length > longest) return <LongText text={text} />;
  return (
    <div className={styles['text']} dir="auto">
      {blocksOf(plainText(text)).map((block, place) => (
        <Block key={place} block={block} />
      ))}
    </div>
  );
}

type BlockOf<Kind, Parts> = { readonly kind: Kind } & Parts;
type Block =
  | BlockOf<'code', { readonly text: string }>
  | BlockOf<'heading', { readonly text: string }>
  | BlockOf<
      'list',
      { readonly isOrdered: boolean; readonly start: number; readonly items: string[] }
    >
  | BlockOf<'text', { readonly text: string }>;

const listItem = /^\s{0,8}(?:[-*•]|(\d{1,6})[.)])\s+(.*)$/;

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const last = blocks.at(-1);
    const item = listItem.exec(line);
    if (/^\s*```/.test(line)) {
      const end = lines.findIndex((other, place) => place > at && /^\s*```\s*$/.test(other));
      const until = end === -1 ? lines.length : end;
      blocks.push({ kind: 'code', text: lines.slice(at + 1, until).join('\n') });
      at = until;
    } else if (/^#{1,6}\s/.test(line)) {
      blocks.push({ kind: 'heading', text: line.replace(/^#+\s+/, '') });
    } else if (item !== null) {
      const isOrdered = item[1] !== undefined;
      if (last?.kind === 'list' && last.isOrdered === isOrdered) last.items.push(item[2] ?? '');
      else {
        const items = [item[2] ?? ''];
        blocks.push({ kind: 'list', isOrdered, start: Number(item[1] ?? 1), items });
      }
    } else if (last?.kind === 'text' && line.trim() !== '') {
      blocks[blocks.length - 1] = { kind: 'text', text: `${last.text}\n${line}` };
    } else if (last?.kind === 'list' && /^\s+\S/.test(line)) {
      last.items.push(`${last.items.pop() ?? ''}\n${line.trim()}`);
    } else if (line.trim() !== '' || last?.kind === 'text') {
      blocks.push({ kind: 'text', text: line });
    }
  }
  return blocks.filter((block) => block.kind !== 'text' || block.text.trim() !== '');
}

function Block({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'code':
      return (
        <pre tabIndex={0} role="region" aria-label="Code">
          {block.text}
        </pre>
      );
    case 'heading':
      return <p className={styles['heading']}>{inline(block.text)}</p>;
    case 'list': {
      const items = block.items.map((item, place) => <li key={place}>{inline(item)}</li>);
      return block.isOrdered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'text':
      return <p>{inline(block.text)}</p>;
  }
}

/** Bold and code; everything else as it stands. */
function inline(text: string): ReactNode {
  return text.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*)/).map((piece, place) => {
    if (/^`[^`]+`$/.test(piece)) return <code key={place}>{piece.slice(1, -1)}</code>;
    if (/^\*\*[^*]+\*\*$/.test(piece)) return <strong key={place}>{piece.slice(2, -2)}</strong>;
    return <Fragment key={place}>{piece}</Fragment>;
  });
}
