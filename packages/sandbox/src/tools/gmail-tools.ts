import type { JsonObject } from '@bufbuild/protobuf';
import type { Mailbox } from '../seed/mailbox.ts';
import { findMail, mailsOfThread, selectMails, showMail, threadsOf } from './gmail-mails.ts';
import { count, text, type ToolTable } from './tool-call.ts';
import { gmailWriteTools } from './gmail-write-tools.ts';

/** Gmail's page tokens are offsets here. */
function page<Item>(all: readonly Item[], offset: number, size: number) {
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

const gmailReadTools: ToolTable<Mailbox> = {
  gmail_fetch_mails(input, { data, now }) {
    const found = selectMails(data, input, now);
    const offset = Number(text(input, 'page_token')) || 0;
    const { items, ...next } = page(found, offset, count(input, 'max_results', 10));
    const messages = items.map((mail) => showMail(mail, text(input, 'format')));
    return { messages, resultSizeEstimate: found.length, ...next };
  },

  gmail_list_threads(input, { data, now }) {
    const threads = threadsOf(selectMails(data, input, now));
    const offset = Number(text(input, 'page_token')) || 0;
    const { items, ...next } = page(threads, offset, count(input, 'max_results', 10));
    return { threads: items, resultSizeEstimate: threads.length, ...next };
  },

  gmail_get_message_by_id: (input, { data }) =>
    showMail(findMail(data, text(input, 'message_id')), text(input, 'format')),

  gmail_get_thread_by_id(input, { data }) {
    const mails = mailsOfThread(data, text(input, 'thread_id'));
    return { id: text(input, 'thread_id'), messages: mails.map((mail) => showMail(mail, 'full')) };
  },

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

  gmail_get_attachment_by_id(input, { data }) {
    const mail = findMail(data, text(input, 'message_id'));
    const id = text(input, 'attachment_id');
    const attachment = mail.attachments.find((each) => each.attachmentId === id);
    return { ...(attachment ?? { attachmentId: id }), data: 'U2FuZGJveCBhdHRhY2htZW50' };
  },
};

/** Gmail's tools that work on the account's mailbox. */
export const gmailTools: ToolTable<Mailbox> = { ...gmailReadTools, ...gmailWriteTools };
