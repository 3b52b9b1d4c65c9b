import type { JobRequest } from '@pawl/client';
import { Tabs } from 'radix-ui';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { LongText } from '../../components/long-text.tsx';
import { plainJson } from '../../text/plain-json.ts';
import { asCurl } from '../job/as-curl.ts';

/** The same request for programs. */
export function CodeDialog({
  open,
  onOpenChange,
  request,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly request: JobRequest;
}) {
  const code = { curl: asCurl(request), typescript: asTypeScript(request) };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Copy as code" isWide>
      <Tabs.Root defaultValue="typescript">
        <Tabs.List className="tabs" aria-label="Language">
          <Tabs.Trigger value="typescript">TypeScript</Tabs.Trigger>
          <Tabs.Trigger value="curl">curl</Tabs.Trigger>
        </Tabs.List>
        {(['typescript', 'curl'] as const).map((language) => (
          <Tabs.Content key={language} value={language} className="stack tight" tabIndex={-1}>
            <div className="row end">
              <CopyButton text={code[language]} />
            </div>
            <LongText text={code[language]} isCode label="Code" />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </Dialog>
  );
}

function asTypeScript(request: JobRequest): string {
  const { href } = new URL('.', document.baseURI);
  const body = plainJson(request, 2);
  return `import { createPawlClient } from '@pawl/client';

const pawl = createPawlClient({
  baseUrl: ${JSON.stringify(href)},
  apiKey: process.env.PAWL_API_KEY,
});

const job = await pawl.jobs.create(${body});
const ended = await pawl.jobs.wait(job.id);
console.log(ended.result?.text);
`;
}
