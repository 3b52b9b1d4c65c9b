import type { Express, Response } from 'express';

const type = 'application/json; charset=utf-8';

/**
 * Has `response.json` send a body in one piece with its headers. Express looks up four settings, parses and formats the
 * content type, and copies the text into a buffer, which Node then writes beside the headers. What asks for more than
 * that is left to Express.
 */
export function sendJsonInOnePiece(app: Express): void {
  const byExpress = app.response.json;
  app.response.json = function json(this: Response, body?: unknown) {
    const { req: request, statusCode } = this;
    const { 'if-none-match': etag, 'if-modified-since': since } = request.headers;
    const isConditional = etag !== undefined || since !== undefined;
    const hasBody = statusCode >= 200 && ![204, 205, 304].includes(statusCode);
    if (isConditional || !hasBody || this.hasHeader('Content-Type')) {
      return byExpress.call(this, body);
    }
    const text = JSON.stringify(body);
    this.setHeader('Content-Type', type);
    this.setHeader('Content-Length', Buffer.byteLength(text));
    // Node leaves the body of an answer to HEAD out.
    this.end(text);
    return this;
  };
}
