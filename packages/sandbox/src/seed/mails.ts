import type { Mail } from './mailbox.ts';

type SeedMail = {
  from: string;
  subject: string;
  body: string;
  hoursAgo: number;
  labels: string[];
  attachment?: { filename: string; mimeType: string; size: number };
  /** the place of the mail that this one answers */
  answers?: number;
};

const UNREAD = ['INBOX', 'UNREAD'];
const PDF = 'application/pdf';

/** Newest first. */
const MAILS: SeedMail[] = [
  {
    from: 'Mara Lindqvist <mara@northwind.example>',
    subject: 'Contract renewal: answer needed by Thursday',
    body: 'Hi,\n\nour contract ends on the 30th. We would like to renew for 24 months at the same price, and to add ten seats. Could you confirm by Thursday so that legal can prepare the papers?\n\nThanks,\nMara',
    hoursAgo: 2,
    labels: [...UNREAD, 'IMPORTANT', 'Label_1'],
  },
  {
    from: 'GitHub <notifications@github.example>',
    subject: '[acme/api] Rate limiter rejects valid bursts (#42)',
    body: 'Priya opened an issue: the rate limiter counts retried requests twice, so that valid bursts of 50 requests are answered with 429. Steps to reproduce are in the issue.',
    hoursAgo: 4,
    labels: UNREAD,
  },
  {
    from: 'Jonas Weber <jonas@acme.example>',
    subject: 'Slides for the board meeting',
    body: 'Please find the slides for Monday attached. I still need your numbers for page 7 (churn) and a sentence on hiring. Can you send them by tomorrow noon?\n\nJonas',
    hoursAgo: 7,
    labels: UNREAD,
    attachment: { filename: 'board-slides.pdf', mimeType: PDF, size: 1_482_113 },
  },
  {
    from: 'Billing <billing@cloudhost.example>',
    subject: 'Your invoice for October: $1,284.50',
    body: 'Your invoice INV-20931 over $1,284.50 is attached. It will be charged to the card ending in 4242 on the 28th. You need not do anything.',
    hoursAgo: 22,
    labels: UNREAD,
    attachment: { filename: 'INV-20931.pdf', mimeType: PDF, size: 88_204 },
  },
  {
    from: 'Aiko Tanaka <aiko@brightlabs.example>',
    subject: 'Interview on Friday at 14:00?',
    body: 'Hello,\n\nthank you for the interesting talk last week. Would Friday at 14:00 suit you for the interview with our team? It takes 45 minutes by video.\n\nKind regards,\nAiko',
    hoursAgo: 26,
    labels: UNREAD,
  },
  {
    from: 'Priya Nair <priya@acme.example>',
    subject: 'Re: Deploy window on Wednesday',
    body: 'Wednesday 07:00 UTC works for me. I will freeze main on Tuesday evening and write the release notes. Who watches the dashboards?',
    hoursAgo: 30,
    labels: [...UNREAD, 'IMPORTANT'],
    answers: 12,
  },
  {
    from: 'Nordbahn <tickets@nordbahn.example>',
    subject: 'Your ticket to Hamburg, 3 December',
    body: 'Your booking 7XK2QF is confirmed: 3 December, departure 08:12, arrival 10:47, coach 5, seat 61. The ticket is attached.',
    hoursAgo: 49,
    labels: [...UNREAD, 'Label_2'],
    attachment: { filename: 'ticket-7XK2QF.pdf', mimeType: PDF, size: 51_877 },
  },
  {
    from: 'Weekly TypeScript <hello@weekly-typescript.example>',
    subject: 'Issue 211: erasable syntax, and why your enums must go',
    body: 'In this newsletter: running TypeScript without a build step, a look at isolated declarations, and five small libraries that are worth knowing.',
    hoursAgo: 54,
    labels: UNREAD,
  },
  {
    from: 'Tomás Oliveira <tomas@northwind.example>',
    subject: 'Export fails for large accounts',
    body: 'Since yesterday the CSV export stops after 65,536 rows for our largest account. We need it for the audit next week. Is there a workaround?',
    hoursAgo: 73,
    labels: [...UNREAD, 'Label_1'],
  },
  {
    from: 'Jonas Weber <jonas@acme.example>',
    subject: 'Lunch on Tuesday?',
    body: 'The new ramen place opened next to the office. Tuesday 12:30?',
    hoursAgo: 80,
    labels: ['INBOX'],
  },
  {
    from: 'Security <no-reply@accounts.example>',
    subject: 'New sign-in from Berlin',
    body: 'Your account was signed in to from a new device in Berlin. If this was you, you need not do anything.',
    hoursAgo: 97,
    labels: ['INBOX'],
  },
  {
    from: 'Mara Lindqvist <mara@northwind.example>',
    subject: 'Thank you for the workshop',
    body: 'The team loved the workshop. Three people asked for the recording; could you share it?',
    hoursAgo: 121,
    labels: ['INBOX', 'STARRED', 'Label_1'],
  },
  {
    from: 'Priya Nair <priya@acme.example>',
    subject: 'Deploy window on Wednesday',
    body: 'We need a deploy window for the new rate limiter. I suggest Wednesday morning. Objections?',
    hoursAgo: 130,
    labels: ['INBOX'],
  },
  {
    from: 'HR <people@acme.example>',
    subject: 'Holiday calendar for next year',
    body: 'The holiday calendar for next year is online. Please enter your plans until the end of the month.',
    hoursAgo: 170,
    labels: ['INBOX'],
    attachment: { filename: 'calendar.ics', mimeType: 'text/calendar', size: 4096 },
  },
];

function messageId(place: number): string {
  return `18f3a9c0d1e2b${String(MAILS.length - place).padStart(3, '0')}`;
}

/** The seed mails, oldest first, dated back from `now`. */
export function seedMails(address: string, now: number): Mail[] {
  return MAILS.map((seed, place): Mail => {
    const attachments = seed.attachment
      ? [{ attachmentId: `att_${messageId(place)}`, ...seed.attachment }]
      : [];
    return {
      id: messageId(place),
      threadId: messageId(seed.answers ?? place),
      from: seed.from,
      to: address,
      cc: '',
      subject: seed.subject,
      body: seed.body,
      date: now - seed.hoursAgo * 3_600_000,
      labelIds: [...seed.labels],
      attachments,
    };
  }).toReversed();
}
