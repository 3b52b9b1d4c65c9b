import { Code } from '@connectrpc/connect';
import type { Mail, Mailbox } from '../seed/mailbox.ts';
import { findMail, mailsOfThread, showMail } from './gmail-mails.ts';
import {
  ToolFailure,
  keepNewest,
  text,
  texts,
  type ToolArguments,
  type ToolTable,
} from './tool-call.ts';

function nextId(mailbox: Mailbox, prefix: string): string {
  const id = `${prefix}${String(mailbox.nextNumber).padStart(6, '0')}`;
  mailbox.nextNumber += 1;
  return id;
}

function compose(mailbox: Mailbox, input: ToolArguments, now: number, threadId?: string): Mail {
  const id = nextId(mailbox, '19a0sent');
  return {
    id,
    threadId: threadId ?? (text(input, 'thread_id') || id),
    from: mailbox.address,
    to: text(input, 'to'),
    cc: text(input, 'cc'),
    subject: text(input, 'subject'),
    body: text(input, 'body'),
    date: now,
    labelIds: ['SENT'],
    attachments: [],
  };
}

function checkRecipients(to: string): void {
  const invalid = to
    .split(',')
    .map((each) => each.trim())
    .filter((each) => !/^[^@]*<?[^\s@<>]+@[^\s@<>]+>?$/u.test(each));
  if (invalid.length === 0) return;
  const message = `Invalid To header: ${invalid.join(', ')}`;
  throw new ToolFailure(Code.InvalidArgument, 'INVALID_ARGUMENT', message);
}

function deliver(mailbox: Mailbox, mail: Mail) {
  checkRecipients(mail.to);
  mailbox.mails.push(mail);
  keepNewest(mailbox.mails);
  return { id: mail.id, threadId: mail.threadId, labelIds: mail.labelIds };
}

function relabel(mailbox: Mailbox, mail: Mail, add: readonly string[], remove: readonly string[]) {
  for (const id of add) {
    if (mailbox.labels.some((label) => label.id === id)) continue;
    throw new ToolFailure(Code.InvalidArgument, 'INVALID_ARGUMENT', `Invalid label: ${id}`);
  }
  mail.labelIds = [...new Set([...mail.labelIds, ...add])].filter((id) => !remove.includes(id));
  return { id: mail.id, threadId: mail.threadId, labelIds: mail.labelIds };
}

function relabelFromInput(mailbox: Mailbox, mail: Mail, input: ToolArguments) {
  return relabel(mailbox, mail, texts(input, 'add_label_ids'), texts(input, 'remove_label_ids'));
}

function removeMails(mailbox: Mailbox, ids: readonly string[]): void {
  for (const id of ids) findMail(mailbox, id);
  mailbox.mails = mailbox.mails.filter((mail) => !ids.includes(mail.id));
}

function replySubject(subject: string): string {
  return /^re:/i.test(subject) ? subject : `Re: ${subject}`;
}

/** Gmail's tools that change the mailbox. */
export const gmailWriteTools: ToolTable<Mailbox> = {
  gmail_send_message: (input, { data, now }) => deliver(data, compose(data, input, now)),

  gmail_reply_to_thread(input, { data, now }) {
    const first = mailsOfThread(data, text(input, 'thread_id'))[0];
    const mail = compose(data, input, now, text(input, 'thread_id'));
    return deliver(data, { ...mail, subject: mail.subject || replySubject(first?.subject ?? '') });
  },

  gmail_create_draft(input, { data, now }) {
    const message = { ...compose(data, input, now), labelIds: ['DRAFT'] };
    const id = nextId(data, 'draft_');
    data.drafts.push({ id, message });
    keepNewest(data.drafts);
    return { id, message: showMail(message, 'full') };
  },

  gmail_send_draft(input, { data, now }) {
    const id = text(input, 'draft_id');
    const draft = data.drafts.find((each) => each.id === id);
    if (!draft) throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Draft not found: ${id}`);
    const sent = deliver(data, { ...draft.message, date: now, labelIds: ['SENT'] });
    data.drafts = data.drafts.filter((each) => each !== draft);
    return sent;
  },

  gmail_modify_message_labels: (input, { data }) =>
    relabelFromInput(data, findMail(data, text(input, 'message_id')), input),

  gmail_modify_thread_labels(input, { data }) {
    const mails = mailsOfThread(data, text(input, 'thread_id'));
    return { messages: mails.map((mail) => relabelFromInput(data, mail, input)) };
  },

  gmail_batch_modify_messages(input, { data }) {
    const mails = texts(input, 'message_ids').map((id) => findMail(data, id));
    return { modified: mails.map((mail) => relabelFromInput(data, mail, input).id) };
  },

  gmail_create_label(input, { data }) {
    const name = text(input, 'name');
    if (data.labels.some((label) => label.name.toLowerCase() === name.toLowerCase())) {
      throw new ToolFailure(Code.AlreadyExists, 'CONFLICT', `Label name exists: ${name}`);
    }
    const label = { id: nextId(data, 'Label_new_'), name, type: 'user' as const };
    data.labels.push(label);
    keepNewest(data.labels);
    return { ...label };
  },

  gmail_trash_message: (input, { data }) =>
    relabel(data, findMail(data, text(input, 'message_id')), ['TRASH'], ['INBOX']),

  gmail_untrash_message: (input, { data }) =>
    relabel(data, findMail(data, text(input, 'message_id')), ['INBOX'], ['TRASH']),

  gmail_trash_thread(input, { data }) {
    const mails = mailsOfThread(data, text(input, 'thread_id'));
    return { messages: mails.map((mail) => relabel(data, mail, ['TRASH'], ['INBOX'])) };
  },

  gmail_delete_message(input, { data }) {
    removeMails(data, [text(input, 'message_id')]);
    return { deleted: [text(input, 'message_id')] };
  },

  gmail_batch_delete_messages(input, { data }) {
    removeMails(data, texts(input, 'message_ids'));
    return { deleted: texts(input, 'message_ids') };
  },
};
