"""Drives the page in headless Chromium (Debian's chromium-driver): a text is dropped, learned, asked about and answered,
with the keyboard, and the console stays silent. Usage: check_page.py PERK_SERVE [FOLDER FOR SCREENSHOTS]"""

import re
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

TEXT = "Zoe lives in Oslo. Zoe works as a pilot. Ida lives in Rome."
DROP = """
const transfer = new DataTransfer();
transfer.items.add(new File([arguments[0]], "zoe.txt", { type: "text/plain" }));
document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
"""

program, folder = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp()
process = subprocess.Popen([program, "http", "--port", "0", "--no-cache"], stderr=subprocess.PIPE, text=True)
address = next(found.group(0) for line in process.stderr if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))

options = webdriver.ChromeOptions()
for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]:
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
try:
    driver.get(address)
    wait = WebDriverWait(driver, 120)
    text = lambda name: driver.find_element(By.ID, name).text
    driver.execute_script(DROP, TEXT)
    wait.until(lambda _: driver.find_element(By.ID, "text").get_attribute("value") == TEXT)
    # The button has the focus now; the question has it once the text is learned.
    wait.until(lambda _: driver.switch_to.active_element.get_attribute("id") == "submit")
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    wait.until(lambda _: text("learning").startswith("Learned"))
    wait.until(lambda _: driver.switch_to.active_element.get_attribute("id") == "question")
    driver.switch_to.active_element.send_keys("Where does Zoe live?", Keys.ENTER)
    wait.until(lambda _: "confidence" in text("answers"))
    assert "Oslo" in text("answers") and "zoe.txt" in text("documents"), text("answers")
    assert len(driver.find_elements(By.CSS_SELECTOR, "#plot circle")) > 0
    for width in [1280, 390]:
        for scheme in ["light", "dark"]:
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 1150, "deviceScaleFactor": 1, "mobile": width < 400})
            driver.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            wide = driver.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"{wide} pixels at {width}"
            driver.execute_script("scrollTo(0, 0)")
            driver.save_screenshot(f"{folder}/page-{width}-{scheme}.png")
    messages = driver.get_log("browser")
    assert not messages, messages
    print(f"the page: passed; screenshots in {folder}")
finally:
    driver.quit()
    process.terminate()
    process.wait(60)
