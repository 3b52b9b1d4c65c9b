import { z } from 'zod';

const mostParts = 50;
const mostText = 100_000;

const base64 = '[A-Za-z0-9+/]+={0,2}';

/** A URL is for the model endpoint, which fetches it: Pawl never does. */
const ImageUrl = z
  .string()
  .regex(
    new RegExp(`^(https?://\\S{1,2000}|data:image/(png|jpeg|gif|webp);base64,${base64})$`),
    'must be an http or https URL, or data:image/png, jpeg, gif or webp in base64',
  )
  .refine((url) => url.startsWith('data:') || URL.canParse(url), 'must be a URL');

const FileData = z
  .string()
  .regex(
    new RegExp(`^data:[\\w.+-]{1,100}/[\\w.+-]{1,100};base64,${base64}$`),
    'must be a data: URL in base64, such as data:application/pdf;base64,…',
  );

const TextPart = z.strictObject({ type: z.literal('text'), text: z.string().min(1).max(mostText) });
const ImagePart = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: ImageUrl, detail: z.enum(['auto', 'low', 'high']).optional() }),
});
const FilePart = z.strictObject({
  type: z.literal('file'),
  file: z
    .strictObject({
      filename: z
        .string()
        .regex(/^[^\p{Cc}]{1,255}$/u, 'must be 1 to 255 characters, without control characters')
        .optional(),
      file_data: FileData.optional(),
      /** The endpoint's own id of a file that it has. */
      file_id: z
        .string()
        .regex(/^[\w.:-]{1,200}$/, 'must be an id of the model endpoint')
        .optional(),
    })
    .refine(
      ({ file_data: data, file_id: id }) => (data === undefined) !== (id === undefined),
      'must have file_data or file_id, one of them',
    ),
});

/** A part of a prompt, as OpenAI's chat completions have it. */
export const ContentPart = z.discriminatedUnion('type', [TextPart, ImagePart, FilePart]);
export type ContentPart = z.infer<typeof ContentPart>;

/** What a person asks: text, or text with images and files. */
export const Prompt = z.union(
  [
    z.string().min(1).max(mostText),
    z
      .array(ContentPart)
      .min(1)
      .max(mostParts)
      .refine(
        (parts) =>
          parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0) <=
          mostText,
        `must have ${mostText} characters of text at most`,
      ),
  ],
  'must be text, or a list of parts: text, image_url and file',
);
export type Prompt = z.infer<typeof Prompt>;

/** A part as the API shows it: of data no more than its type and its length, such as `data:image/png;base64,...(1024 bytes)`. */
export const ShownContentPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('image_url'),
    image_url: z.object({ url: z.string(), detail: z.string().optional() }),
  }),
  z.object({
    type: z.literal('file'),
    file: z.object({
      filename: z.string().optional(),
      file_data: z.string().optional(),
      file_id: z.string().optional(),
    }),
  }),
]);
export type ShownContentPart = z.infer<typeof ShownContentPart>;
