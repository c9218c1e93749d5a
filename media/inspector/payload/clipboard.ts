/** Whether the text is in the clipboard now; browsers may forbid it where the page has no focus. */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The reason is the browser's, and no person can do more about it than copy in another way.
    return false;
  }
}
