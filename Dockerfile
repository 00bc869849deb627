# The service as one static program, without a shell and not as root:
#
#   docker build --build-arg BUILD_ID=$(git rev-parse --short=12 HEAD) --tag dimissioni .
#
# BUILD_ID is the version of the workflows that Temporal knows: two different programs never share one.

FROM golang:1.26.8 AS build
WORKDIR /src
COPY . .
ARG BUILD_ID=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X dimissioni/internal/engine.BuildID=${BUILD_ID}" -o /dimissioni ./cmd/dimissioni

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /dimissioni /dimissioni
EXPOSE 8080 9090
ENTRYPOINT ["/dimissioni"]
CMD ["serve"]
