import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { AccountData } from './account-data.ts';
import { matchesSearch } from './search-terms.ts';
import {
  addNewest,
  count,
  find,
  isSame,
  pageOf,
  removeWhere,
  text,
  texts,
  type ToolArguments,
  ToolFailure,
  type ToolFunction,
  type ToolTable,
} from './tool-call.ts';

const day = 86_400_000;
const units: Readonly<Record<string, number>> = {
  h: day / 24,
  d: day,
  w: 7 * day,
  m: 30 * day,
  y: 365 * day,
};

const mailsOf = ({ lists }: AccountData) => lists['mails'] ?? [];
const hasLabel = (mail: JsonObject, id: string) => texts(mail, 'labelIds').includes(id);
const isPutAway = (mail: JsonObject) => hasLabel(mail, 'TRASH') || hasLabel(mail, 'SPAM');

const dateOf = (mail: JsonObject) => Date.parse(text(mail, 'date'));
/** Of a day, or of seconds since 1970. */
const startOf = (text: string) =>
  /^\d{9,}$/.test(text) ? Number(text) * 1_000 : Date.parse(text.replaceAll('/', '-'));
const within = (field: string) => (mail: JsonObject, value: string) =>
  text(mail, field).toLowerCase().includes(value);

/** Gmail's search syntax, as far as prompts use it. */
function gmailSearch(query: string, { lists, now }: AccountData) {
  const since = (value: string) => {
    const [, number, unit = 'd'] = /^(\d+)([hdwmy])$/.exec(value) ?? [];
    return now - Number(number ?? 0) * (units[unit] ?? day);
  };
  const isLabelled = (mail: JsonObject, value: string) =>
    texts(mail, 'labelIds').some((id) => {
      const label = lists['labels']?.find((each) => each['id'] === id);
      return isSame(id, value) || isSame(text(label, 'name').replaceAll(' ', '-'), value);
    });
  return matchesSearch(query, {
    words: (mail) => ['subject', 'from', 'to', 'body'].map((field) => text(mail, field)).join('\n'),
    operators: {
      is: (mail, value) =>
        value === 'read' ? !hasLabel(mail, 'UNREAD') : hasLabel(mail, value.toUpperCase()),
      in: (mail, value) => value === 'anywhere' || isLabelled(mail, value),
      label: isLabelled,
      from: within('from'),
      to: within('to'),
      cc: within('cc'),
      subject: within('subject'),
      has: (mail, value) => value === 'attachment' && 'attachments' in mail,
      filename: (mail, value) =>
        texts(mail, 'attachments', 'filename').some((name) => name.toLowerCase().includes(value)),
      newer_than: (mail, value) => dateOf(mail) >= since(value),
      older_than: (mail, value) => dateOf(mail) < since(value),
      after: (mail, value) => dateOf(mail) >= startOf(value),
      before: (mail, value) => dateOf(mail) < startOf(value),
    },
  });
}

/** The mails that a fetch or a list means, newest first; spam and trash only where asked for. */
function selectMails(input: ToolArguments, data: AccountData): JsonObject[] {
  const query = text(input, 'query');
  const fits = gmailSearch(query, data);
  const everywhere =
    input['include_spam_trash'] === true || /\b(in|label):(trash|spam|anywhere)\b/i.test(query);
  return mailsOf(data).filter(
    (mail) =>
      (everywhere || !isPutAway(mail)) &&
      texts(input, 'label_ids').every((label) => hasLabel(mail, label)) &&
      fits(mail),
  );
}

/** One page; Gmail's page tokens are offsets here. */
function paged(name: string, records: readonly JsonObject[], input: ToolArguments): JsonObject {
  const start = Number(text(input, 'page_token')) || 0;
  const { items, next } = pageOf(records, start, count(input, 'max_results', 10));
  return {
    [name]: items,
    resultSizeEstimate: records.length,
    ...(next !== undefined && { nextPageToken: next }),
  };
}

/** A mail without its body for the formats `minimal` and `metadata`. */
function showMail(mail: JsonObject, input: ToolArguments): JsonObject {
  const { body = '', ...rest } = mail;
  return ['minimal', 'metadata'].includes(text(input, 'format')) ? rest : { ...rest, body };
}

/** One entry a thread, in the order of the mails given. */
function threadsOf(mails: readonly JsonObject[]): JsonObject[] {
  const ids = new Set(mails.map((mail) => text(mail, 'threadId')));
  return [...ids].map((id) => {
    const inThread = mails.filter((mail) => mail['threadId'] === id);
    const [{ subject = '', from = '', snippet = '' } = {}] = inThread;
    return { id, subject, from, snippet, messageCount: inThread.length };
  });
}

function findMail(data: AccountData, id: string): JsonObject {
  return find(mailsOf(data), (mail) => mail['id'] === id, `Message not found: ${id}`);
}

function onMail(
  run: (mail: JsonObject, input: ToolArguments, data: AccountData) => JsonObject,
): ToolFunction {
  return (input, data) => run(findMail(data, text(input, 'message_id')), input, data);
}

/** A tool on the mails of a thread, the oldest first. */
function onThread(
  run: (mails: JsonObject[], input: ToolArguments, data: AccountData) => JsonObject,
): ToolFunction {
  return (input, data) => {
    const id = text(input, 'thread_id');
    const mails = mailsOf(data).filter((mail) => mail['threadId'] === id);
    find(mails, () => true, `Thread not found: ${id}`);
    return run(mails.toReversed(), input, data);
  };
}

function newId(data: AccountData, prefix: string): string {
  return `${prefix}${String(data.nextNumber++).padStart(6, '0')}`;
}

function compose(input: ToolArguments, data: AccountData, labelId = 'SENT'): JsonObject {
  const [id, body] = [newId(data, '19a0sent'), text(input, 'body')];
  return {
    id,
    threadId: text(input, 'thread_id') || id,
    from: data.self.address,
    to: text(input, 'to'),
    ...('cc' in input && { cc: text(input, 'cc') }),
    subject: text(input, 'subject'),
    body,
    date: new Date(data.now).toISOString(),
    labelIds: [labelId],
    snippet: body.replace(/\s+/g, ' ').slice(0, 160).trim(),
  };
}

function shownLabels({ id = '', threadId = '', labelIds = [] }: JsonObject): JsonObject {
  return { id, threadId, labelIds };
}

function deliver(data: AccountData, mail: JsonObject): JsonObject {
  const invalid = text(mail, 'to')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => !/^[^@]*<?[^\s@<>]+@[^\s@<>]+>?$/u.test(each));
  if (invalid.length > 0) {
    const sentence = `Invalid To header: ${invalid.join(', ')}`;
    throw new ToolFailure(Code.InvalidArgument, 'INVALID_ARGUMENT', sentence);
  }
  return shownLabels(addNewest(mailsOf(data), mail));
}

function relabel(data: AccountData, mail: JsonObject, add: string[], remove: string[]): JsonObject {
  const unknown = add.find((id) => !data.lists['labels']?.some((label) => label['id'] === id));
  if (unknown !== undefined) {
    throw new ToolFailure(Code.InvalidArgument, 'INVALID_ARGUMENT', `Invalid label: ${unknown}`);
  }
  const labels = new Set([...texts(mail, 'labelIds'), ...add]);
  mail['labelIds'] = [...labels].filter((id) => !remove.includes(id));
  return shownLabels(mail);
}

const relabelAsAsked = (data: AccountData, mail: JsonObject, input: ToolArguments) =>
  relabel(data, mail, texts(input, 'add_label_ids'), texts(input, 'remove_label_ids'));

function deleteMails(data: AccountData, ids: string[]): JsonObject {
  for (const id of ids) findMail(data, id);
  removeWhere(mailsOf(data), (mail) => ids.includes(text(mail, 'id')));
  return { deleted: ids };
}

/** Gmail's tools that work on the account's mailbox. */
export const gmailTools: ToolTable = {
  gmail_fetch_mails(input, data) {
    const mails = selectMails(input, data).map((mail) => showMail(mail, input));
    return paged('messages', mails, input);
  },
  gmail_list_threads: (input, data) => paged('threads', threadsOf(selectMails(input, data)), input),
  gmail_get_message_by_id: onMail(showMail),
  gmail_get_thread_by_id: onThread((messages, input) => ({
    id: text(input, 'thread_id'),
    messages,
  })),
  gmail_list_drafts: (input, { lists }) => paged('drafts', lists['drafts'] ?? [], input),
  gmail_list_labels: (_input, data) => ({
    labels: (data.lists['labels'] ?? []).map((label) => {
      const mails = mailsOf(data).filter((mail) => hasLabel(mail, text(label, 'id')));
      const unread = mails.filter((mail) => hasLabel(mail, 'UNREAD'));
      return { ...label, messagesTotal: mails.length, messagesUnread: unread.length };
    }),
  }),
  gmail_get_profile: (_input, data) => ({
    emailAddress: data.self.address,
    messagesTotal: mailsOf(data).length,
    threadsTotal: threadsOf(mailsOf(data)).length,
  }),
  gmail_get_contacts: (input, { lists: { contacts = [] } }) => ({
    connections: contacts.slice(0, count(input, 'max_results', 50)),
    totalItems: contacts.length,
  }),
  gmail_search_people: (input, { lists: { contacts = [] } }) => {
    const wanted = text(input, 'query').toLowerCase();
    const named = contacts.filter((contact) =>
      `${text(contact, 'name')} ${text(contact, 'email')}`.toLowerCase().includes(wanted),
    );
    return { results: named.slice(0, count(input, 'page_size', 10)) };
  },
  gmail_get_attachment_by_id: (input) => ({
    attachmentId: text(input, 'attachment_id'),
    data: 'U2FuZGJveCBhdHRhY2htZW50',
  }),

  gmail_send_message: (input, data) => deliver(data, compose(input, data)),
  gmail_reply_to_thread: onThread(([first], input, data) => {
    const answered = text(first, 'subject').replace(/^re:\s*/i, '');
    return deliver(data, { subject: `Re: ${answered}`, ...withoutEmpty(compose(input, data)) });
  }),
  gmail_create_draft(input, data) {
    const message = compose(input, data, 'DRAFT');
    return addNewest(data.lists['drafts'] ?? [], { id: newId(data, 'draft_'), message });
  },
  gmail_send_draft(input, data) {
    const [id, drafts] = [text(input, 'draft_id'), data.lists['drafts'] ?? []];
    const isMeant = (each: JsonObject) => each['id'] === id;
    const { message } = find(drafts, isMeant, `Draft not found: ${id}`);
    const date = new Date(data.now).toISOString();
    const sent = deliver(data, { ...(message as JsonObject), date, labelIds: ['SENT'] });
    removeWhere(drafts, isMeant);
    return sent;
  },

  gmail_modify_message_labels: onMail((mail, input, data) => relabelAsAsked(data, mail, input)),
  gmail_modify_thread_labels: onThread((mails, input, data) => ({
    messages: mails.map((mail) => relabelAsAsked(data, mail, input)),
  })),
  gmail_batch_modify_messages(input, data) {
    const mails = texts(input, 'message_ids').map((id) => findMail(data, id));
    return { modified: mails.map((mail) => text(relabelAsAsked(data, mail, input), 'id')) };
  },
  gmail_create_label(input, data) {
    const [name, labels] = [text(input, 'name'), data.lists['labels'] ?? []];
    if (labels.some((label) => isSame(text(label, 'name'), name))) {
      throw new ToolFailure(Code.AlreadyExists, 'CONFLICT', `Label name exists: ${name}`);
    }
    return addNewest(labels, { id: newId(data, 'Label_new_'), name, type: 'user' });
  },
  gmail_trash_message: onMail((mail, _input, data) => relabel(data, mail, ['TRASH'], ['INBOX'])),
  gmail_untrash_message: onMail((mail, _input, data) => relabel(data, mail, ['INBOX'], ['TRASH'])),
  gmail_trash_thread: onThread((mails, _input, data) => ({
    messages: mails.map((mail) => relabel(data, mail, ['TRASH'], ['INBOX'])),
  })),
  gmail_delete_message: (input, data) => deleteMails(data, [text(input, 'message_id')]),
  gmail_batch_delete_messages: (input, data) => deleteMails(data, texts(input, 'message_ids')),
};

/** A composed mail without a subject that nobody gave it. */
function withoutEmpty({ subject, ...mail }: JsonObject): JsonObject {
  return subject ? { ...mail, subject } : mail;
}
