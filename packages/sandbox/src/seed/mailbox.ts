import { seedMails } from './mails.ts';

type Attachment = { attachmentId: string; filename: string; mimeType: string; size: number };

export type Mail = {
  id: string;
  threadId: string;
  from: string;
  to: string;
  cc: string;
  subject: string;
  body: string;
  /** milliseconds since the epoch */
  date: number;
  labelIds: string[];
  attachments: Attachment[];
};

export type Label = { id: string; name: string; type: 'system' | 'user' };

export type Mailbox = {
  address: string;
  /** oldest first */
  mails: Mail[];
  drafts: { id: string; message: Mail }[];
  labels: Label[];
  contacts: { name: string; email: string }[];
  /** for ids of what is written */
  nextNumber: number;
};

const SYSTEM_LABELS = ['INBOX', 'SENT', 'DRAFT', 'TRASH', 'SPAM', 'UNREAD', 'STARRED', 'IMPORTANT'];

/** The address of a user whose identifier need not be one. */
function addressOf(identifier: string): string {
  if (identifier.includes('@')) return identifier;
  return `${identifier.toLowerCase().replace(/[^a-z0-9._-]+/g, '-')}@sandbox.example`;
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
      ...SYSTEM_LABELS.map((id) => ({ id, name: id, type: 'system' as const })),
      { id: 'Label_1', name: 'Customers', type: 'user' },
      { id: 'Label_2', name: 'Travel', type: 'user' },
    ],
    contacts,
    nextNumber: 1,
  };
}
