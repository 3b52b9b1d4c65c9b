# One image for gateway, worker and the operator's commands: see docker-compose.yml and deploy/kubernetes.

# The manifests alone. Nothing else of the sources reaches the stages that install, so an edit installs nothing again.
FROM node:22-slim AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM node:22-slim AS build
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npx turbo run build --filter=@pawl/gateway --filter=@pawl/worker \
  && rm -rf packages/client packages/command packages/development \
    packages/*/src packages/*/test packages/*/node_modules packages/*/.turbo \
    services/*/src services/*/test services/*/node_modules services/*/.turbo

# What the services need at run time. npm would install what the tests of a workspace need for as long
# as its manifest names it.
FROM node:22-slim AS production
WORKDIR /app
COPY --from=manifests /app ./
RUN rm -rf packages/client packages/command packages/development \
  && npm pkg delete devDependencies --workspaces --include-workspace-root \
  && npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production
# What is under way survives in a small young generation, and is copied again and again: see docs/performance.md.
ENV NODE_OPTIONS=--max-semi-space-size=64
WORKDIR /app
COPY --from=production /app ./
COPY --from=build /app/packages packages
COPY --from=build /app/services services
USER node
EXPOSE 3000
CMD ["node", "services/gateway/dist/main.js"]
