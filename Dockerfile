# The monitor as a container: a Node program that runs as a user with a number and no name; its state is a volume.
# NOT RUN BY US, because Docker was not available. docs/install.md says what was checked instead.
#
#   docker build -t nomad-upload-monitor .
#
# Do not put secrets in ENV or ARG, where `docker inspect` shows them: give each secret X as a file that X_FILE names.

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
# The program and its libraries in a few files: the image needs no node_modules.
RUN npm run -s build \
 && mkdir /app \
 && cp -r dist package.json LICENSE /app/

FROM node:24-bookworm-slim
COPY --from=build /app /app
# The user has only a number; a new volume takes over the permissions of this folder.
RUN install -d -m 0700 -o 10001 -g 10001 /var/lib/nomad-upload-monitor
ENV STATE_DIR=/var/lib/nomad-upload-monitor
WORKDIR /var/lib/nomad-upload-monitor
VOLUME /var/lib/nomad-upload-monitor
USER 10001:10001
EXPOSE 9697
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 9697}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=2", "--max-old-space-size=768", "--", "/app/dist/main.js"]
CMD ["run"]
