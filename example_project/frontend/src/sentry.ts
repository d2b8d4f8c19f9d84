// Reports errors to Sentry, under the release that holds this build's scripts and maps.
import { init } from "@sentry/browser";

export function startSentry(dsn: string, release: string): void {
  init({ dsn, release });
}
