# One image for gateway, worker and the keys command: see docker-compose.yml.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc turbo.json tsconfig.base.json ./
COPY packages packages
COPY services services
RUN npm ci --ignore-scripts \
  && npx turbo run build --filter=@pawl/gateway --filter=@pawl/worker

# The same, with what the services need at run time and nothing else. npm would install what the
# tests of a workspace need for as long as its manifest names it.
FROM node:22-slim AS production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
RUN rm -rf packages/client packages/development \
    packages/*/src packages/*/test services/*/src services/*/test \
  && npm pkg delete devDependencies --workspaces \
  && npm ci --omit=dev --ignore-scripts
COPY --from=build /app/packages/contracts/dist packages/contracts/dist
COPY --from=build /app/packages/engine/dist packages/engine/dist
COPY --from=build /app/packages/providers/dist packages/providers/dist
COPY --from=build /app/packages/queue/dist packages/queue/dist
COPY --from=build /app/packages/runtime/dist packages/runtime/dist
COPY --from=build /app/packages/store/dist packages/store/dist
COPY --from=build /app/packages/telemetry/dist packages/telemetry/dist
COPY --from=build /app/services/gateway/dist services/gateway/dist
COPY --from=build /app/services/worker/dist services/worker/dist

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=production /app ./
USER node
EXPOSE 3000
CMD ["node", "services/gateway/dist/main.js"]
