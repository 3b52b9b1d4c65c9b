import type { ApprovalDecision, JsonObject, ToolEffect } from '@pawl/contracts';
import { escapeHtml, escapeLines, readableJson } from '../http/escape-html.ts';
import { renderDocument } from '../oauth/page.ts';

/** A call that a person is asked about, or was. */
export interface ShownCall {
  readonly id: string;
  readonly tool: string;
  readonly connection: string;
  readonly effect: ToolEffect;
  readonly input: JsonObject;
  readonly state:
    | { readonly name: 'pending'; readonly until: string }
    | { readonly name: 'decided'; readonly decision: ApprovalDecision; readonly at: string }
    /** Nobody is asked any more, and nobody has decided. */
    | { readonly name: 'over'; readonly reason: string };
}

export interface ApprovalPage {
  readonly application: string;
  readonly agent: string | null;
  readonly user: string;
  readonly prompt: string;
  readonly calls: readonly ShownCall[];
  /** Proves that a form was sent from this page. */
  readonly proof: string;
  /** What was wrong with the form that was sent. */
  readonly problem?: string | undefined;
}

const style = `
  body { place-items: start center; }
  main { max-width: 48rem; width: 100%; box-sizing: border-box; }
  section { margin-top: 1.5rem; padding-top: 1.5rem; border-top: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); }
  h2 { margin: 0 0 0.5rem; font-size: 1.125rem; overflow-wrap: anywhere; }
  h3 { margin: 1rem 0 0.25rem; font-size: 1rem; }
  pre { margin: 0; padding: 0.75rem; overflow: auto; max-height: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 0.5rem; background: color-mix(in srgb, CanvasText 6%, Canvas); font-size: 0.875rem; }
  dd { font-weight: 400; }
  dl.arguments { grid-template-columns: 1fr; gap: 0; }
  dl.arguments dt { margin-top: 0.5rem; font-weight: 600; }
  details { margin-top: 0.75rem; }
  summary { cursor: pointer; padding: 0.25rem 0; }
  label { display: block; margin: 0.5rem 0 0.25rem; }
  textarea { width: 100%; box-sizing: border-box; font: 0.875rem ui-monospace, monospace; color: inherit; background: Canvas; border: 1px solid color-mix(in srgb, CanvasText 55%, Canvas); border-radius: 0.5rem; padding: 0.5rem; }
  details button { margin: 0.5rem 0; background: Canvas; color: CanvasText; border: 1px solid color-mix(in srgb, CanvasText 55%, Canvas); }
  textarea:focus-visible, summary:focus-visible { outline: 3px solid #2a7fff; outline-offset: 2px; }
  .problem { padding: 0.75rem; border: 2px solid #b3261e; border-radius: 0.5rem; }
  .decided { font-weight: 600; }
`;

/** The page on which a person decides about the calls of one turn; everything foreign in it is escaped. */
export function renderApprovalPage(page: ApprovalPage): string {
  const { application, agent, user, prompt, calls, problem } = page;
  const pending = calls.filter(({ state }) => state.name === 'pending').length;
  const asks = agent === null ? 'An agent' : `The agent ${agent}`;
  const title = pending > 0 ? `${asks} asks for approval` : 'Nothing is left to decide here';
  return renderDocument({
    title,
    style,
    parts: [
      `<h1>${escapeHtml(title)}</h1>`,
      ...(problem === undefined
        ? []
        : [`<p class="problem" role="alert">${escapeLines(problem)}</p>`]),
      facts([
        ['Application', application],
        ['Works for', user],
        ['Was asked', prompt],
      ]),
      ...calls.map((call, index) => renderCall(page, call, index)),
    ],
  });
}

function renderCall(page: ApprovalPage, call: ShownCall, index: number): string {
  const { tool, connection, effect, input, state } = call;
  const heading = `call-${index}`;
  return [
    `<section aria-labelledby="${heading}">`,
    `<h2 id="${heading}"><bdi>${escapeHtml(tool)}</bdi></h2>`,
    facts([
      ['With', connection],
      ['What it does', effectText[effect]],
      ...(state.name === 'pending' ? ([['Until', readableTime(state.until)]] as const) : []),
    ]),
    '<h3>Arguments</h3>',
    renderArguments(input),
    state.name === 'pending' ? renderForm(page, call) : renderOver(state),
    '</section>',
  ].join('\n');
}

const effectText: Readonly<Record<ToolEffect, string>> = {
  reads: 'It only reads.',
  idempotent: 'It changes something; a second time changes nothing more.',
  writes: 'It changes something.',
};

function facts(rows: readonly (readonly [label: string, value: string])[]): string {
  const items = rows.map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd><bdi>${escapeLines(value)}</bdi></dd>`,
  );
  return `<dl>${items.join('')}</dl>`;
}

const times = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'long',
  timeStyle: 'short',
  timeZone: 'UTC',
});

/** Of a time in ISO 8601, for people. */
function readableTime(time: string): string {
  return `${times.format(new Date(time))} UTC`;
}

/** Texts as they are, everything else as JSON. */
function renderArguments(input: JsonObject): string {
  const entries = Object.entries(input);
  if (entries.length === 0) return '<p>None.</p>';
  const items = entries.map(([name, value]) => {
    const text = typeof value === 'string' ? escapeLines(value) : escapeLines(readableJson(value));
    return `<dt><bdi>${escapeHtml(name)}</bdi></dt><dd><pre>${text}</pre></dd>`;
  });
  return `<dl class="arguments">${items.join('')}</dl>`;
}

function renderForm({ proof }: ApprovalPage, { id, input }: ShownCall): string {
  const field = (name: string) => `${name}-${id}`;
  return `<form method="post">
<input type="hidden" name="proof" value="${escapeHtml(proof)}">
<input type="hidden" name="approval" value="${escapeHtml(id)}">
<button type="submit" name="decision" value="approve">Approve</button>
<details><summary>Reject</summary>
<label for="${field('message')}">Why not? The agent reads it.</label>
<textarea id="${field('message')}" name="message" rows="2" maxlength="10000"></textarea>
<button type="submit" name="decision" value="reject">Reject</button>
</details>
<details><summary>Change the arguments</summary>
<label for="${field('input')}">The arguments, as JSON</label>
<textarea id="${field('input')}" name="input" rows="12" spellcheck="false">
${escapeLines(readableJson(input))}</textarea>
<button type="submit" name="decision" value="edit">Approve with these arguments</button>
</details>
<details><summary>Answer in place of the tool</summary>
<label for="${field('output')}">What the agent is told as the result; the tool is not called.</label>
<textarea id="${field('output')}" name="output" rows="3"></textarea>
<button type="submit" name="decision" value="respond">Use this answer</button>
</details>
</form>`;
}

function renderOver(state: Exclude<ShownCall['state'], { name: 'pending' }>): string {
  if (state.name === 'over') return `<p class="decided">${escapeHtml(state.reason)}</p>`;
  const { decision, at } = state;
  const told = `<p class="decided">${decisionText[decision.decision]} on <time datetime="${escapeHtml(at)}">${readableTime(at)}</time>.</p>`;
  switch (decision.decision) {
    case 'reject':
      return `${told}<pre>${escapeLines(decision.message)}</pre>`;
    case 'respond':
      return `${told}<pre>${escapeLines(readableJson(decision.output))}</pre>`;
    case 'edit':
    case 'approve':
      return told;
  }
}

const decisionText: Readonly<Record<ApprovalDecision['decision'], string>> = {
  approve: 'Approved',
  edit: 'Approved with the arguments above',
  reject: 'Rejected',
  respond: 'Answered in place of the tool',
};
