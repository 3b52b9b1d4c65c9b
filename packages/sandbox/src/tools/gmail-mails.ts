import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Mail, Mailbox } from '../seed/mailbox.ts';
import { parseGmailQuery } from './gmail-query.ts';
import { ToolFailure, text, texts, type ToolArguments } from './tool-call.ts';

const snippetLength = 160;

function snippetOf(mail: Mail): string {
  return mail.body.replace(/\s+/g, ' ').slice(0, snippetLength).trim();
}

/** A mail as the tool answers it: without its body for the formats `minimal` and `metadata`. */
export function showMail(mail: Mail, format: string): JsonObject {
  const { body, date, attachments, cc, ...rest } = mail;
  const whole = format !== 'minimal' && format !== 'metadata';
  return {
    ...rest,
    ...(cc === '' ? {} : { cc }),
    date: new Date(date).toISOString(),
    snippet: snippetOf(mail),
    ...(whole ? { body } : {}),
    ...(attachments.length > 0 ? { attachments: attachments.map((each) => ({ ...each })) } : {}),
  };
}

/** Throws `NOT_FOUND` as Gmail does for an unknown id. */
export function findMail(mailbox: Mailbox, id: string): Mail {
  const mail = mailbox.mails.find((each) => each.id === id);
  if (!mail) throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Message not found: ${id}`);
  return mail;
}

/** Oldest first; throws `NOT_FOUND` for an unknown thread. */
export function mailsOfThread(mailbox: Mailbox, threadId: string): Mail[] {
  const mails = mailbox.mails.filter((mail) => mail.threadId === threadId);
  if (mails.length > 0) return mails;
  throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Thread not found: ${threadId}`);
}

/** The mails that a fetch or a list means, newest first; spam and trash only where asked for. */
export function selectMails(mailbox: Mailbox, input: ToolArguments, now: number): Mail[] {
  const query = text(input, 'query');
  const matches = parseGmailQuery(query, { now, labels: mailbox.labels });
  const labelIds = texts(input, 'label_ids');
  const everywhere =
    input['include_spam_trash'] === true || /\b(in|label):(trash|spam|anywhere)\b/i.test(query);
  return mailbox.mails
    .filter(
      (mail) =>
        (everywhere || !mail.labelIds.some((label) => label === 'TRASH' || label === 'SPAM')) &&
        labelIds.every((label) => mail.labelIds.includes(label)) &&
        matches(mail),
    )
    .toSorted((a, b) => b.date - a.date);
}

/** One entry a thread, in the order of the mails given. */
export function threadsOf(mails: readonly Mail[]): JsonObject[] {
  const ids = new Set(mails.map((mail) => mail.threadId));
  return [...ids].map((id) => {
    const inThread = mails.filter((mail) => mail.threadId === id);
    const [newest] = inThread;
    return {
      id,
      subject: newest?.subject ?? '',
      from: newest?.from ?? '',
      snippet: newest ? snippetOf(newest) : '',
      messageCount: inThread.length,
    };
  });
}
