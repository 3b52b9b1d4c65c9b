import type { Page } from './page.ts';

interface ConnectFacts {
  readonly application: string;
  readonly connection: string;
  readonly user: string;
}

/** Every page that the browser side can answer with. */
export const pages = {
  connect: ({ application, connection, user }: ConnectFacts): Page => ({
    status: 200,
    title: `Connect ${connection} to ${application}?`,
    text: `${application} asks for access to your ${connection} account, to work with it in the background.`,
    facts: [
      ['Application', application],
      ['Connection', connection],
      ['User', user],
    ],
    caution: `Continue only if you are this user of ${application} and have asked for this yourself. If somebody else sent you this link, close this page: they would get access to your account.`,
  }),
  unknownLink: {
    status: 404,
    title: 'This link is not known',
    text: 'Copy the whole link and open it again. If that does not help, ask for a new one where you got it.',
  },
  nothingToDo: {
    status: 410,
    title: 'Nothing is left to do here',
    text: 'The job that this link belongs to does not wait for an account any more. You can close this window.',
  },
  brokenCallback: {
    status: 400,
    title: 'This address is not complete',
    text: 'Open the link of your job again and follow it from there.',
  },
  /** Which of these it was is not told: whoever guesses learns nothing. */
  unknownState: {
    status: 403,
    title: 'This authorization cannot be finished here',
    text: 'It was finished before, has expired, or was begun in another browser. Nothing was changed. Open the link of your job again, in this browser.',
  },
  refused: {
    status: 403,
    title: 'The account was not connected',
    text: 'Scalekit did not confirm that this authorization belongs to the user of the job. The job still waits: open its link again, and sign in as that user.',
  },
  tryAgain: {
    status: 503,
    title: 'Please try again in a moment',
    text: 'A service that is needed for this does not answer right now. Nothing is lost: reload this page in a moment.',
    retryAfter: 5,
  },
  openedTooOften: (seconds: number): Page => ({
    status: 429,
    title: 'This link was opened too often',
    text: `It is open in as many browsers as it may be at a time. Go on in one of them, or open it again in ${minutes(seconds)}.`,
    retryAfter: seconds,
  }),
  misconfigured: {
    status: 502,
    title: 'The account cannot be connected now',
    text: 'Scalekit refuses this server’s request, so whoever runs it has to look at its settings. Nothing is lost: open the link again later.',
  },
  failed: {
    status: 500,
    title: 'Something went wrong',
    text: 'Nothing was changed. Open the link of your job again.',
  },
  connectedLater: (connection: string): Page => ({
    status: 200,
    title: `${connection} is connected`,
    text: 'The jobs that waited for it go on by themselves within a few minutes. You can close this window.',
  }),
  connected: (connection: string, jobs: number): Page => ({
    status: 200,
    title: `${connection} is connected`,
    text: `${goesOn(jobs)} You can close this window.`,
  }),
  notActive: (connection: string): Page => ({
    status: 409,
    title: `${connection} is not connected yet`,
    text: `An authorization was finished, but ${connection} is not active: it was for another account, or Scalekit is not done. The job that waits goes on by itself once ${connection} is active. If you authorized something else, open its link again.`,
  }),
  denied: (connection: string, reason: string): Page => ({
    status: 200,
    title: `${connection} was not connected`,
    text:
      reason === 'access_denied'
        ? 'You did not grant access, so the job still waits. To grant it after all, open the link of your job again.'
        : `The provider answered with the error ${reason}, so the job still waits. Open its link again to repeat it.`,
  }),
} as const satisfies Record<string, Page | ((...values: never[]) => Page)>;

function minutes(seconds: number): string {
  const count = Math.ceil(seconds / 60);
  return count === 1 ? 'a minute' : `${count} minutes`;
}

function goesOn(jobs: number): string {
  if (jobs === 0) return 'No job waits for it any more.';
  return jobs === 1
    ? 'The job that waited for it goes on.'
    : `${jobs} jobs that waited for it go on.`;
}
