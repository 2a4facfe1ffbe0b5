"""Pages as they come out of a printer: how many they are, and whether anything falls off the paper."""
import re
import subprocess

# Office printers leave about 5 mm blank on each side; these are points.
UNPRINTABLE = 14


class Printed:
    def __init__(self, page, path, size):
        path.parent.mkdir(parents=True, exist_ok=True)
        page.pdf(path=path, format=size)
        self.path = path
        self.pages = int(re.search(r"^Pages:\s+(\d+)", self.told("pdfinfo", path), re.MULTILINE).group(1))

    def words_off_the_paper(self):
        """The words that stand, wholly or in part, where a printer does not print."""
        off, width, height = [], 0, 0
        for line in self.told("pdftotext", "-bbox", self.path, "-").splitlines():
            numbers = [float(number) for number in re.findall(r'(?:width|height|[xy]M(?:in|ax))="([-.\d]+)"', line)]
            if "<page" in line:
                width, height = numbers
            elif "<word" in line:
                left, top, right, bottom = numbers
                if left < UNPRINTABLE or top < UNPRINTABLE or right > width - UNPRINTABLE or bottom > height - UNPRINTABLE:
                    off.append(re.sub(r"<[^>]*>", "", line).strip())
        return off

    def outermost_lines(self, page=1):
        """How far down the paper the leftmost and the rightmost ink of a page go, as shares of its height."""
        grey = subprocess.run(
            ["pdftoppm", "-gray", "-r", "72", "-f", str(page), "-l", str(page), self.path], capture_output=True, check=True).stdout
        _, width, height, _ = (int(each) if each.isdigit() else each for each in grey.split(maxsplit=4)[:4])
        pixels = grey[-width * height:]
        ink = [sum(pixels[row * width + column] < 200 for row in range(height)) / height for column in range(width)]
        inked = [share for share in ink if share]
        return inked[0], inked[-1]

    def qr_codes(self, page=1):
        """What a scanner reads on a page."""
        picture = self.path.with_suffix("")
        subprocess.run(
            ["pdftoppm", "-png", "-r", "150", "-f", str(page), "-l", str(page), "-singlefile", self.path, picture], check=True)
        return scanned(picture.with_suffix(".png"))

    @staticmethod
    def told(*command):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def scanned(picture):
    """The texts of the QR codes in a picture, as a scanner that is not ours reads them."""
    # It says by its exit code, too, that it found none.
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()
