import { isObject, membersOf } from './parse-body.ts';

/** What a refusal is about, where the endpoint says so. */
export type ErrorNature =
  | 'quota'
  | 'content'
  | 'content_filter'
  | 'unknown_model'
  | 'forbidden_model';

interface Sign {
  readonly nature: ErrorNature;
  /** The statuses that are looked at: the same words stand in answers that will heal. */
  readonly statuses: readonly number[];
  /** Names in the error's `code`, `type` or `status`, in small letters. */
  readonly names: readonly string[];
  /** Words of its message. Endpoints of many makers give no other sign. */
  readonly words?: RegExp;
}

const refusals = [400, 404, 413, 422];

/** Tried in this order. */
const signs: readonly Sign[] = [
  {
    nature: 'quota',
    statuses: [402, 429],
    names: ['free_quota_exceeded', 'insufficient_quota', 'insufficient_credits', 'billing_error'],
  },
  {
    nature: 'content_filter',
    statuses: [...refusals, 403, 451],
    names: [
      'content_filter',
      'content_policy_violation',
      'responsibleaipolicyviolation',
      'moderation_blocked',
      'data_inspection_failed',
      'sensitive_content',
    ],
    words:
      /content (management )?policy|content filter|(input|prompt|content) was flagged|flagged (for|as|by)|moderation|inappropriate content/i,
  },
  {
    nature: 'content',
    statuses: [...refusals, 415],
    names: ['unsupported_content', 'invalid_image_format', 'image_input_not_supported'],
    words:
      /\b(image|images|vision|multi-?modal|modalit(y|ies)|image_url|pdf|file)\b.{0,80}\b(not (be )?support|unsupported|not (a )?valid|not allowed|not accept|cannot (be )?(process|handle))|\b(not|n't) (support|accept|handle|process)\w*\b.{0,60}\b(image|images|vision|multi-?modal|image_url|file|pdf)\b|support(s)? (image|file) input|invalid content type.{0,40}image|content (must be|should be) a string|unknown variant `?(image_url|file)/i,
  },
  {
    nature: 'unknown_model',
    statuses: refusals,
    names: ['model_not_found', 'model_not_supported', 'invalid_model', 'deploymentnotfound'],
    words:
      /(model|deployment)\b.{0,120}\b(does not exist|not found|not supported|is unknown)|not a valid model|(unknown|invalid|no such) model|no endpoints found/i,
  },
  {
    nature: 'forbidden_model',
    statuses: [401],
    names: ['key_model_access_denied', 'team_model_access_denied'],
  },
];

/** Messages can be pages long. */
const readCharacters = 2_000;

/** @param message what the body says, as people read it */
export function natureOf(status: number, body: unknown, message: string): ErrorNature | undefined {
  const names = namesIn(body);
  const said = message.slice(0, readCharacters);
  return signs.find(
    (sign) =>
      sign.statuses.includes(status) &&
      (sign.names.some((name) => names.has(name)) || sign.words?.test(said) === true),
  )?.nature;
}

/** Most endpoints nest the error's members, some do not, and some put the cause below them or all into an array. */
function namesIn(body: unknown): ReadonlySet<string> {
  const whole = membersOf(Array.isArray(body) ? body[0] : body);
  const error = membersOf(whole['error']);
  const inner = membersOf(error['innererror'] ?? error['inner_error']);
  const places = [whole, error, inner].filter(isObject);
  return new Set(
    places
      .flatMap(({ code, type, status }) => [code, type, status])
      .flatMap((name) => (typeof name === 'string' ? [name.toLowerCase()] : [])),
  );
}
