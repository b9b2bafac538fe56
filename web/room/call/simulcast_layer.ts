/**
 * Which of a camera's simulcast layers fits a picture of so many device pixels
 * across: cameras send about 320, 640 and 1280. A little blur is not seen, what
 * is sent for nothing slows everyone.
 */
export function layerFor(pixels: number): 0 | 1 | 2 {
  if (pixels <= 400) return 0;
  return pixels <= 800 ? 1 : 2;
}
