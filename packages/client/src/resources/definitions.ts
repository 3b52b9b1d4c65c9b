import { list, type Listing } from '../pages.ts';
import type { CallOptions, KeyedCallOptions, OptionsOf, Send } from '../request/send.ts';
import type {
  Agent,
  AgentChanges,
  AgentRequest,
  Job,
  Schedule,
  ScheduleChanges,
  SchedulePreview,
  SchedulePreviewRequest,
  ScheduleRequest,
  Trigger,
  TriggerChanges,
  TriggerEvent,
  TriggerRequest,
} from '../types.ts';

/** Names for instructions, model, tools and limits. */
export interface Agents {
  create(request: AgentRequest, options?: CallOptions): Promise<Agent>;
  get(name: string, options?: CallOptions): Promise<Agent>;
  list(options?: OptionsOf<'listAgents'>): Listing<Agent>;
  update(name: string, changes: AgentChanges, options?: CallOptions): Promise<Agent>;
  delete(name: string, options?: CallOptions): Promise<void>;
}

/** Jobs that are posted by the clock. */
export interface Schedules {
  create(request: ScheduleRequest, options?: KeyedCallOptions): Promise<Schedule>;
  get(id: string, options?: CallOptions): Promise<Schedule>;
  list(options?: OptionsOf<'listSchedules'>): Listing<Schedule>;
  update(id: string, changes: ScheduleChanges, options?: CallOptions): Promise<Schedule>;
  delete(id: string, options?: CallOptions): Promise<void>;
  /** Posts its job now. */
  trigger(id: string, options?: KeyedCallOptions): Promise<Job>;
  /** When a schedule would run, without making it. */
  preview(request: SchedulePreviewRequest, options?: CallOptions): Promise<SchedulePreview>;
}

/** Addresses to which others send events that become jobs. */
export interface Triggers {
  create(request: TriggerRequest, options?: CallOptions): Promise<Trigger>;
  get(id: string, options?: CallOptions): Promise<Trigger>;
  list(options?: OptionsOf<'listTriggers'>): Listing<Trigger>;
  update(id: string, changes: TriggerChanges, options?: CallOptions): Promise<Trigger>;
  delete(id: string, options?: CallOptions): Promise<void>;
  /** What came to it, and what became of that. */
  events(id: string, options?: OptionsOf<'listTriggerEvents'>): Listing<TriggerEvent>;
}

export function createAgents(send: Send): Agents {
  return {
    create: (body, options) => send('createAgent', { body, ...options }),
    get: (name, options) => send('readAgent', { path: { name }, ...options }),
    list: (options) => list(send, 'listAgents', options),
    update: (name, body, options) =>
      send('changeAgent', {
        path: { name },
        body,
        // With a version the second one would find that the first one has changed it.
        repeat: body.version === undefined ? 'always' : 'if_refused',
        ...options,
      }),
    delete: (name, options) => send('deleteAgent', { path: { name }, ...options }),
  };
}

export function createSchedules(send: Send): Schedules {
  return {
    create: (body, options) => send('createSchedule', { body, ...options }),
    get: (id, options) => send('readSchedule', { path: { id }, ...options }),
    list: (options) => list(send, 'listSchedules', options),
    update: (id, body, options) => send('changeSchedule', { path: { id }, body, ...options }),
    delete: (id, options) => send('deleteSchedule', { path: { id }, ...options }),
    trigger: (id, options) => send('triggerSchedule', { path: { id }, ...options }),
    preview: (body, options) => send('previewSchedule', { body, ...options }),
  };
}

export function createTriggers(send: Send): Triggers {
  return {
    create: (body, options) => send('createTrigger', { body, ...options }),
    get: (id, options) => send('readTrigger', { path: { id }, ...options }),
    list: (options) => list(send, 'listTriggers', options),
    update: (id, body, options) => send('changeTrigger', { path: { id }, body, ...options }),
    delete: (id, options) => send('deleteTrigger', { path: { id }, ...options }),
    events: (id, options) => list(send, 'listTriggerEvents', options, { id }),
  };
}
