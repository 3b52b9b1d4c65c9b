import type { Job } from '@pawl/client';
import { Icon } from './icon.tsx';
import { plainText } from '../text/plain-text.ts';
import { LongText } from './long-text.tsx';

type ShownContentPart = NonNullable<Job['prompt_parts']>[number];

/** What somebody asked: text, and the names of what came with it. Nothing of it is loaded. */
export function PromptParts({
  text,
  parts,
}: {
  readonly text: string;
  readonly parts?: readonly ShownContentPart[] | undefined;
}) {
  const others = (parts ?? []).filter((part) => part.type !== 'text');
  return (
    <div className="stack tight">
      <LongText text={text} label="Prompt" />
      {others.length > 0 && (
        <div className="row wrap">
          {others.map((part, place) => (
            <span key={place} className="chip" title={plainText(sourceOf(part)).slice(0, 1_000)}>
              <Icon name={part.type === 'file' ? 'book' : 'screen'} size={12} />
              <bdi className="truncate">{plainText(nameOf(part))}</bdi>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

function nameOf(part: ShownContentPart): string {
  if (part.type === 'file') return part.file.filename ?? part.file.file_id ?? 'file';
  return part.type === 'image_url' ? `image ${part.image_url.url.slice(0, 60)}` : 'text';
}

function sourceOf(part: ShownContentPart): string {
  if (part.type === 'file') return part.file.file_data ?? part.file.file_id ?? '';
  return part.type === 'image_url' ? part.image_url.url : '';
}
