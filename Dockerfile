# One image for every role: `api`, `worker` or `agent` as its argument.
FROM node:22-slim
# The Temporal SDK checks TLS certificates against the system's authorities.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY . .
# The bundles of both programs (cli/code.mjs): at run time nobody may write here.
RUN node --input-type=module -e "import { bundleOf } from '/app/cli/code.mjs'; \
    for (const name of ['main', 'agent-child']) await bundleOf(new URL('file:///app/cli/' + name + '.ts'))"
ENV NODE_ENV=production \
    LONGSHORE_DATA=/data \
    XDG_CACHE_HOME=/cache
RUN mkdir -p /data /cache && chown node:node /data /cache
USER node
ENTRYPOINT ["node", "cli/longshore.mjs"]
CMD ["help"]
