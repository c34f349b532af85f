/** How long before its end a certificate is renewed. ACM's: 60 days. */
export const renewalLeadMs = 60 * 24 * 3_600_000;
