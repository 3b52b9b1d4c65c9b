import type { Label, Mail } from '../seed/mailbox.ts';

const termPattern = /(-?)(?:([a-z_]+):)?(?:"([^"]*)"|\(([^)]*)\)|(\S+))/giu;
const day = 86_400_000;
const units: Record<string, number> = {
  h: day / 24,
  d: day,
  w: 7 * day,
  m: 30 * day,
  y: 365 * day,
};

export type MailFilter = (mail: Mail) => boolean;

interface QueryContext {
  readonly now: number;
  readonly labels: readonly Label[];
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function age(value: string): number {
  const match = /^(\d+)([hdwmy])$/i.exec(value);
  return Number(match?.[1] ?? 0) * (units[(match?.[2] ?? 'd').toLowerCase()] ?? day);
}

function hasLabel(mail: Mail, name: string, labels: readonly Label[]): boolean {
  const wanted = name.toLowerCase();
  return mail.labelIds.some((id) => {
    const label = labels.find((each) => each.id === id);
    return id.toLowerCase() === wanted || label?.name.toLowerCase().replaceAll(' ', '-') === wanted;
  });
}

function isState(mail: Mail, state: string): boolean {
  if (state === 'read') return !mail.labelIds.includes('UNREAD');
  return mail.labelIds.includes(state.toUpperCase());
}

function matchesOperator(
  mail: Mail,
  operator: string,
  value: string,
  context: QueryContext,
): boolean {
  switch (operator) {
    case 'is':
      return isState(mail, value.toLowerCase());
    case 'in':
      return value.toLowerCase() === 'anywhere' || hasLabel(mail, value, context.labels);
    case 'label':
      return hasLabel(mail, value, context.labels);
    case 'from':
    case 'to':
    case 'cc':
    case 'subject':
      return contains(mail[operator], value);
    case 'has':
      return value.toLowerCase() === 'attachment' && mail.attachments.length > 0;
    case 'filename':
      return mail.attachments.some((attachment) => contains(attachment.filename, value));
    case 'newer_than':
      return mail.date >= context.now - age(value);
    case 'older_than':
      return mail.date < context.now - age(value);
    case 'after':
      return mail.date >= Date.parse(value.replaceAll('/', '-'));
    case 'before':
      return mail.date < Date.parse(value.replaceAll('/', '-'));
    default:
      return contains(`${mail.subject}\n${mail.from}\n${mail.body}`, `${operator}:${value}`);
  }
}

/** Gmail's search syntax, as far as prompts use it: all terms must match, `-` negates one. */
export function parseGmailQuery(query: string, context: QueryContext): MailFilter {
  const terms = [...query.matchAll(termPattern)].map((match): MailFilter => {
    const [, minus, operator, quoted, grouped, word] = match;
    const value = quoted ?? grouped ?? word ?? '';
    const matches: MailFilter = operator
      ? (mail) => matchesOperator(mail, operator.toLowerCase(), value, context)
      : (mail) => contains(`${mail.subject}\n${mail.from}\n${mail.to}\n${mail.body}`, value);
    return minus === '-' ? (mail) => !matches(mail) : matches;
  });
  return (mail) => terms.every((term) => term(mail));
}
