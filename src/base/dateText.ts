const format = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  // Certificates are dated in UTC.
  timeZone: 'UTC',
});

/** A day in words: "3 March 2025". `at` is in milliseconds since the epoch. */
export function dateText(at: number): string {
  return format.format(at);
}
