import { list, type Listing } from '../pages.ts';
import type { CallOptions, OptionsOf, Send } from '../request/send.ts';
import type {
  Account,
  AccountLink,
  AccountLinkRequest,
  Approval,
  ApprovalDecision,
  Conversation,
  ConversationMessage,
  VerifiedAccount,
  VerifyAccountRequest,
} from '../types.ts';

export interface Conversations {
  get(id: string, options?: CallOptions): Promise<Conversation>;
  list(options?: OptionsOf<'listConversations'>): Listing<Conversation>;
  /** What was said, oldest first. */
  messages(id: string, options?: OptionsOf<'listMessages'>): Listing<ConversationMessage>;
  /** Erases a conversation whose jobs have ended, with all of them. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

/** Tool calls about which a person decides. */
export interface Approvals {
  get(id: string, options?: CallOptions): Promise<Approval>;
  list(options?: OptionsOf<'listApprovals'>): Listing<Approval>;
  /** Decides once: the same decision again changes nothing, another one is an error (409). */
  decide(id: string, decision: ApprovalDecision, options?: CallOptions): Promise<Approval>;
}

/** What users have connected. */
export interface Accounts {
  list(options?: OptionsOf<'listAccounts'>): Listing<Account>;
  /** A link by which a user connects an account. */
  link(request: AccountLinkRequest, options?: CallOptions): Promise<AccountLink>;
  /** Confirms the user who has come back from a link, where the application verifies its users. */
  verify(request: VerifyAccountRequest, options?: CallOptions): Promise<VerifiedAccount>;
  delete(connection: string, options?: OptionsOf<'deleteAccount'>): Promise<void>;
}

export function createConversations(send: Send): Conversations {
  return {
    get: (id, options) => send('readConversation', { path: { id }, ...options }),
    list: (options) => list(send, 'listConversations', options),
    messages: (id, options) => list(send, 'listMessages', options, { id }),
    delete: (id, options) => send('eraseConversation', { path: { id }, ...options }),
  };
}

export function createApprovals(send: Send): Approvals {
  return {
    get: (id, options) => send('readApproval', { path: { id }, ...options }),
    list: (options) => list(send, 'listApprovals', options),
    decide: (id, body, options) => send('decideApproval', { path: { id }, body, ...options }),
  };
}

export function createAccounts(send: Send): Accounts {
  return {
    list: (options) => list(send, 'listAccounts', options),
    link: (body, options) => send('createAccountLink', { body, ...options }),
    verify: (body, options) => send('verifyAccount', { body, ...options }),
    delete: (connection, { signal, ...query } = {}) =>
      send('deleteAccount', { path: { connection }, query, signal }),
  };
}
