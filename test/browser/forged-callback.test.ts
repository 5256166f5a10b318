import { FULL_RUN } from "test-support/requirements";
import { expect, test } from "vitest";
import { describeInChromium } from "./support/chromium.ts";
import { serveForeignPage } from "./support/foreign-page.ts";
import { shownText } from "./support/page-checks.ts";
import { simulatorForTest, startSignIn } from "./support/sign-in.ts";

/** A page that requests the URL by every method that needs no click, and reports when all have completed. */
function attackingPage(addresses: readonly string[]): string {
  return `<!doctype html><title>Elsewhere</title><body><script>
const answered = (element, address) => new Promise((resolve) => {
  element.onload = element.onerror = resolve;
  element.src = address;
  document.body.append(element);
});
const attack = (address) => Promise.allSettled([
  fetch(address, { mode: "no-cors" }),
  fetch(address),
  fetch(address, { method: "POST", mode: "no-cors", body: "code=forged" }),
  answered(new Image(), address),
  answered(document.createElement("iframe"), address),
  answered(document.createElement("script"), address),
]);
Promise.all(${JSON.stringify(addresses)}.map(attack)).then(() => { document.title = "Done"; });
</script>`;
}

describeInChromium("a web page that forges callbacks while a sign-in is under way", [FULL_RUN], (tabs) => {
  test("changes nothing, and the real callback is accepted", async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open();
    const { result, redirectUri } = await startSignIn(simulator, page);
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    result.then(settle, settle);

    const forged = [
      `${redirectUri}?code=forged&state=forged`,
      `${redirectUri}?code=forged`,
      `${redirectUri}?error=access_denied&state=forged`,
      `${redirectUri}?error=access_denied`,
      new URL("/cancel", redirectUri).href,
    ];
    const foreign = await tabs.open();
    await foreign.page.goto(await serveForeignPage(attackingPage(forged)));
    await foreign.page.waitForFunction('document.title === "Done"');
    expect(settled).toBe(false);

    for (const address of forged.slice(0, 4)) {
      await foreign.page.goto(address);
      expect(await shownText(foreign.page, "h1")).toBe("This link is not valid here");
    }
    await foreign.page.goto(new URL("/cancel", redirectUri).href);
    expect(await shownText(foreign.page, "body")).toContain("not allowed");
    expect(settled).toBe(false);
    expect(simulator.requests.some(({ path }) => path === "/oauth/token")).toBe(false);

    await page.getByRole("button", { name: "Continue" }).click();
    expect(await result).toMatchObject({ email: "robin@example.test" });
    await page.getByRole("heading", { name: "You are signed in" }).waitFor();
  });

  test("shows no page in a frame", async () => {
    const simulator = await simulatorForTest();
    const { page } = await tabs.open();
    const { redirectUri } = await startSignIn(simulator, page);
    const foreign = await tabs.open();
    await foreign.page.goto(
      await serveForeignPage(
        `<!doctype html><iframe src="${redirectUri}?code=forged&state=forged"></iframe>`,
      ),
    );
    const frame = foreign.page.frameLocator("iframe");
    expect(await frame.getByText("This link is not valid here").count()).toBe(0);
    expect(foreign.complaints.join(" ")).toContain("frame-ancestors");
  });
});
