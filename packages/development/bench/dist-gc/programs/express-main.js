// The least that an endpoint which stores what it accepts can do: Express, and one write.
import { randomUUID } from 'node:crypto';
import express from 'express';
import { Redis } from 'ioredis';
const redis = new Redis(process.env['REDIS_URL'] ?? '');
const app = express();
app.use(express.json());
app.post('/', async ({ body }, response) => {
  const id = randomUUID();
  await redis.hset(`job:${id}`, 'state', JSON.stringify(body));
  response.status(202).json({ id });
});
process.once('SIGTERM', () => process.exit(0));
app.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  process.stdout.write('express is listening\n');
});
//# sourceMappingURL=express-main.js.map
