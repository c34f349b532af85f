/** Whether an image lives in a private Amazon ECR registry: `<account>.dkr.ecr.<region>.<domain>/…`. */
export function isEcrImage(image: string): boolean {
  return /^\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.[a-z0-9.-]+(:\d+)?\//.test(image);
}
