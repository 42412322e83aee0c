# The image of the server. What it runs to build is the Makefile's own target.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t mediarelay .
#   docker run --read-only -v mediarelay:/data -p 8080:8080 mediarelay

FROM golang:1.26-bookworm AS go

FROM node:22-bookworm AS build
COPY --from=go /usr/local/go /usr/local/go
ENV PATH=/usr/local/go/bin:$PATH
WORKDIR /src
COPY . .
# .git stays outside, so the version is passed as an argument.
ARG VERSION=dev
RUN --mount=type=cache,target=/root/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    --mount=type=cache,target=/root/.npm \
    make build VERSION="$VERSION" && mkdir -p /image/data

# Certificates and time zones, and nothing that could be run but the server.
FROM gcr.io/distroless/static-debian12
COPY --from=build --chown=65532:65532 /image/ /
COPY --from=build /src/bin/mediarelay /mediarelay
USER 65532:65532
# /data is the one place that is written to; temporary files go there as well.
ENV MEDIARELAY_DATA_DIR=/data TMPDIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/mediarelay", "health"]
ENTRYPOINT ["/mediarelay"]
CMD ["serve"]
