// Reports errors to Sentry, under the release that holds this build's scripts and maps.
import { init } from "@sentry/browser";

interface Configured extends Window {
  sentryOptions?: { readonly dsn: string; readonly release: string };
}

export function startSentry(): void {
  init((window as Configured).sentryOptions ?? {});
}
