/** Reads a bench's QR code with the camera, where the browser can. */

const LOOK_EVERY_MS = 200;

/** Whether this browser can: it needs a secure context, a camera and a reader of codes. */
export function canScan() {
  return "BarcodeDetector" in globalThis && Boolean(navigator.mediaDevices?.getUserMedia);
}

export class ScanDialog {
  #dialog;
  #words;
  #stream = null;

  constructor(dialog, words) {
    this.#dialog = dialog;
    this.#words = words;
    dialog.addEventListener("close", () => this.#stop());
  }

  /** Show what the camera sees until it reads a code; resolves with the text, or null when the dialog was closed. */
  async scan() {
    const fault = this.#dialog.querySelector("[data-scanning-fault]");
    fault.textContent = "";
    this.#dialog.showModal();
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      fault.textContent = this.#words.scan_refused;
      return null;
    }
    if (!this.#dialog.open) {
      // Closed while the browser asked for the camera.
      this.#stop();
      return null;
    }
    const video = this.#dialog.querySelector("[data-scanning-video]");
    video.srcObject = this.#stream;
    await video.play();
    const text = await this.#look(video);
    this.#dialog.close();
    return text;
  }

  async #look(video) {
    const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
    while (this.#dialog.open) {
      const [code] = await detector.detect(video).catch(() => []);
      if (code) return code.rawValue;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return null;
  }

  #stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }
}
