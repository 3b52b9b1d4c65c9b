import { readData } from './read-data.ts';

interface Attachment {
  readonly attachmentId: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly size: number;
}

export interface Mail {
  readonly id: string;
  readonly threadId: string;
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly subject: string;
  readonly body: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
  labelIds: string[];
  readonly attachments: Attachment[];
}

export interface Label {
  readonly id: string;
  readonly name: string;
  readonly type: 'system' | 'user';
}

export interface Mailbox {
  readonly address: string;
  /** Oldest first. */
  mails: Mail[];
  drafts: { id: string; message: Mail }[];
  readonly labels: Label[];
  readonly contacts: { name: string; email: string }[];
  /** For ids of what is written. */
  nextNumber: number;
}

const systemLabels = ['INBOX', 'SENT', 'DRAFT', 'TRASH', 'SPAM', 'UNREAD', 'STARRED', 'IMPORTANT'];

/** The address of a user whose identifier need not be one. */
function addressOf(identifier: string): string {
  if (identifier.includes('@')) return identifier;
  return `${identifier.toLowerCase().replace(/[^a-z0-9._-]+/g, '-')}@sandbox.example`;
}

/** `data/mails.json`, newest first. */
type SeedMail = Pick<Mail, 'from' | 'subject' | 'body'> & {
  hoursAgo: number;
  labels: string[];
  attachment?: Omit<Attachment, 'attachmentId'>;
  /** The place of the mail that this one answers. */
  answers?: number;
};

/** The seed mails, oldest first, dated back from `now`. */
function seedMails(address: string, now: number): Mail[] {
  const seeds = readData('mails.json') as SeedMail[];
  const idOf = (place: number) => `18f3a9c0d1e2b${String(seeds.length - place).padStart(3, '0')}`;
  return seeds
    .map(({ from, subject, body, hoursAgo, labels, attachment, answers }, place): Mail => ({
      id: idOf(place),
      threadId: idOf(answers ?? place),
      from,
      to: address,
      cc: '',
      subject,
      body,
      date: now - hoursAgo * 3_600_000,
      labelIds: labels,
      attachments: attachment ? [{ attachmentId: `att_${idOf(place)}`, ...attachment }] : [],
    }))
    .toReversed();
}

/** A mailbox that looks lived in: 14 mails of the last days, 9 of them unread. */
export function createMailbox(identifier: string, now: number): Mailbox {
  const address = addressOf(identifier);
  const mails = seedMails(address, now);
  const senders = new Map(mails.map((mail) => [mail.from, mail]));
  const contacts = [...senders.keys()].flatMap((sender) => {
    const match = /^(.*) <(.*)>$/.exec(sender);
    return match?.[1] && match[2] ? [{ name: match[1], email: match[2] }] : [];
  });
  return {
    address,
    mails,
    drafts: [],
    labels: [
      ...systemLabels.map((id) => ({ id, name: id, type: 'system' as const })),
      { id: 'Label_1', name: 'Customers', type: 'user' },
      { id: 'Label_2', name: 'Travel', type: 'user' },
    ],
    contacts,
    nextNumber: 1,
  };
}
