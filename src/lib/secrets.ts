const secret = /(?:sk|rk)_(?:live|test)_\w+|CD\.[0-9a-f]{40}/g

/** Replaces every Stripe secret key and every API key of ours in the text. */
export function hideSecrets(text: string): string {
  return text.replace(secret, '[secret]')
}
