import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Mail, Mailbox } from '../seed/mailbox.ts';
import { parseGmailQuery } from './gmail-query.ts';
import {
  count,
  keepNewest,
  text,
  texts,
  type ToolArguments,
  ToolFailure,
  toolsOn,
  type ToolTable,
} from './tool-call.ts';

const snippetLength = 160;

function snippetOf(mail: Mail): string {
  return mail.body.replace(/\s+/g, ' ').slice(0, snippetLength).trim();
}

/** A mail as the tool answers it: without its body for the formats `minimal` and `metadata`. */
function showMail(mail: Mail, format: string): JsonObject {
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
function findMail(mailbox: Mailbox, id: string): Mail {
  const mail = mailbox.mails.find((each) => each.id === id);
  if (!mail) throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Message not found: ${id}`);
  return mail;
}

/** Oldest first; throws `NOT_FOUND` for an unknown thread. */
function mailsOfThread(mailbox: Mailbox, threadId: string): Mail[] {
  const mails = mailbox.mails.filter((mail) => mail.threadId === threadId);
  if (mails.length > 0) return mails;
  throw new ToolFailure(Code.NotFound, 'NOT_FOUND', `Thread not found: ${threadId}`);
}

/** The mails that a fetch or a list means, newest first; spam and trash only where asked for. */
function selectMails(mailbox: Mailbox, input: ToolArguments, now: number): Mail[] {
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
function threadsOf(mails: readonly Mail[]): JsonObject[] {
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

/** Gmail's page tokens are offsets here. */
function page<Item>(all: readonly Item[], input: ToolArguments) {
  const offset = Number(text(input, 'page_token')) || 0;
  const size = count(input, 'max_results', 10);
  const nextPageToken = offset + size < all.length ? String(offset + size) : undefined;
  return { items: all.slice(offset, offset + size), ...(nextPageToken && { nextPageToken }) };
}

function showLabel(mailbox: Mailbox, id: string): JsonObject {
  const mails = mailbox.mails.filter((mail) => mail.labelIds.includes(id));
  const label = mailbox.labels.find((each) => each.id === id);
  return {
    id,
    name: label?.name ?? id,
    type: label?.type ?? 'user',
    messagesTotal: mails.length,
    messagesUnread: mails.filter((mail) => mail.labelIds.includes('UNREAD')).length,
  };
}

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

const onMail = toolsOn((mailbox: Mailbox, input) => findMail(mailbox, text(input, 'message_id')));

const onThread = toolsOn((mailbox: Mailbox, input) =>
  mailsOfThread(mailbox, text(input, 'thread_id')),
);

/** Gmail's tools that work on the account's mailbox. */
export const gmailTools: ToolTable<Mailbox> = {
  gmail_fetch_mails(input, { data, now }) {
    const found = selectMails(data, input, now);
    const { items, ...next } = page(found, input);
    const messages = items.map((mail) => showMail(mail, text(input, 'format')));
    return { messages, resultSizeEstimate: found.length, ...next };
  },

  gmail_list_threads(input, { data, now }) {
    const threads = threadsOf(selectMails(data, input, now));
    const { items, ...next } = page(threads, input);
    return { threads: items, resultSizeEstimate: threads.length, ...next };
  },

  gmail_get_message_by_id: onMail((mail, input) => showMail(mail, text(input, 'format'))),

  gmail_get_thread_by_id: onThread((mails, input) => ({
    id: text(input, 'thread_id'),
    messages: mails.map((mail) => showMail(mail, 'full')),
  })),

  gmail_list_drafts(input, { data }) {
    const drafts = data.drafts.slice(0, count(input, 'max_results', 10));
    return {
      drafts: drafts.map(({ id, message }) => ({ id, message: showMail(message, 'full') })),
      resultSizeEstimate: data.drafts.length,
    };
  },

  gmail_list_labels: (_input, { data }) => ({
    labels: data.labels.map((label) => showLabel(data, label.id)),
  }),

  gmail_get_profile: (_input, { data }) => ({
    emailAddress: data.address,
    messagesTotal: data.mails.length,
    threadsTotal: threadsOf(data.mails).length,
  }),

  gmail_get_contacts(input, { data }) {
    const connections = data.contacts.slice(0, count(input, 'max_results', 50));
    return { connections, totalItems: data.contacts.length };
  },

  gmail_search_people(input, { data }) {
    const wanted = text(input, 'query').toLowerCase();
    const results = data.contacts.filter((contact) =>
      `${contact.name} ${contact.email}`.toLowerCase().includes(wanted),
    );
    return { results: results.slice(0, count(input, 'page_size', 10)) };
  },

  gmail_get_attachment_by_id: onMail((mail, input) => {
    const id = text(input, 'attachment_id');
    const attachment = mail.attachments.find((each) => each.attachmentId === id);
    return { ...(attachment ?? { attachmentId: id }), data: 'U2FuZGJveCBhdHRhY2htZW50' };
  }),

  gmail_send_message: (input, { data, now }) => deliver(data, compose(data, input, now)),

  gmail_reply_to_thread: onThread(([first], input, { data, now }) => {
    const mail = compose(data, input, now, text(input, 'thread_id'));
    return deliver(data, { ...mail, subject: mail.subject || replySubject(first?.subject ?? '') });
  }),

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

  gmail_modify_message_labels: onMail((mail, input, { data }) =>
    relabelFromInput(data, mail, input),
  ),

  gmail_modify_thread_labels: onThread((mails, input, { data }) => ({
    messages: mails.map((mail) => relabelFromInput(data, mail, input)),
  })),

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

  gmail_trash_message: onMail((mail, _input, { data }) =>
    relabel(data, mail, ['TRASH'], ['INBOX']),
  ),

  gmail_untrash_message: onMail((mail, _input, { data }) =>
    relabel(data, mail, ['INBOX'], ['TRASH']),
  ),

  gmail_trash_thread: onThread((mails, _input, { data }) => ({
    messages: mails.map((mail) => relabel(data, mail, ['TRASH'], ['INBOX'])),
  })),

  gmail_delete_message(input, { data }) {
    removeMails(data, [text(input, 'message_id')]);
    return { deleted: [text(input, 'message_id')] };
  },

  gmail_batch_delete_messages(input, { data }) {
    removeMails(data, texts(input, 'message_ids'));
    return { deleted: texts(input, 'message_ids') };
  },
};
