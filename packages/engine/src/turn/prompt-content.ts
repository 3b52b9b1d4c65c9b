import type { ContentPart, JsonObject, ShownContentPart } from '@pawl/contracts';
import type { JobHistory } from '../domain/job.ts';

/** The text of a prompt, for whoever takes text only: what else it holds is named in brackets. */
export function promptText(parts: readonly ContentPart[]): string {
  return parts.map(textOf).join('\n');
}

function textOf(part: ContentPart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image_url': {
      const { url } = part.image_url;
      return `[image: ${url.startsWith('data:') ? describeData(url) : url}]`;
    }
    case 'file': {
      const { filename, file_data: data, file_id: id } = part.file;
      return `[file: ${filename ?? id ?? (data === undefined ? 'unnamed' : describeData(data))}]`;
    }
  }
}

/** Parts as they are shown: data is named and not repeated. */
export function shownParts(parts: readonly ContentPart[]): ShownContentPart[] {
  return parts.map((part) => {
    if (part.type === 'image_url') {
      return { ...part, image_url: { ...part.image_url, url: shownUrl(part.image_url.url) } };
    }
    if (part.type === 'file' && part.file.file_data !== undefined) {
      return { ...part, file: { ...part.file, file_data: shownUrl(part.file.file_data) } };
    }
    return part;
  });
}

function shownUrl(url: string): string {
  return url.startsWith('data:') ? describeData(url) : url;
}

function describeData(url: string): string {
  const comma = url.indexOf(',');
  const encoded = url.slice(comma + 1);
  const padding = /={0,2}$/.exec(encoded)?.[0].length ?? 0;
  return `${url.slice(0, comma)},...(${(encoded.length / 4) * 3 - padding} bytes)`;
}

/**
 * An earlier job's prompt for a later request: what the endpoint can fetch or has is sent again, and data is not, since
 * it would be sent with every turn of every later job.
 */
export function withoutData(history: JobHistory): JobHistory {
  const { content, ...rest } = history;
  if (content === undefined) return history;
  const kept = content.map((part): ContentPart =>
    holdsData(part) ? { type: 'text', text: textOf(part) } : part,
  );
  return kept.every(({ type }) => type === 'text') ? rest : { ...rest, content: kept };
}

function holdsData(part: ContentPart): boolean {
  return part.type === 'image_url'
    ? part.image_url.url.startsWith('data:')
    : part.type === 'file' && part.file.file_data !== undefined;
}

/** What a person said, or that it was nothing: endpoints refuse blank messages, and blank parts of them. */
export function spokenContent({ prompt, content }: JobHistory): string | JsonObject[] {
  const parts = content?.filter((part) => part.type !== 'text' || part.text.trim() !== '') ?? [];
  if (parts.length > 0) return parts.map((part) => ({ ...part }) as unknown as JsonObject);
  return prompt.trim() === '' ? '(This message is empty.)' : prompt;
}
