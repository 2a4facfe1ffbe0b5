"""nginx, Caddy, Apache and HAProxy as the documents set them up, before a Rapport that a test started, with their logs where it can read them."""
import os
import re
import shutil
import subprocess

import documents
from installation import Installation
from mail_server import certificates, free_port

README = documents.ROOT / "README.md"
OPERATING = documents.ROOT / "docs/operating.md"
# Unpacked by script/setup, or installed.
PLACES = f"{documents.ROOT}/.venv/proxies/usr/sbin:{documents.ROOT}/.venv/proxies/usr/bin:/usr/sbin:/usr/bin"


class Proxy:
    # What it says where there is no Rapport.
    absent = 502

    def __init__(self, folder, upstream):
        self.folder, self.upstream, self.port = folder, upstream, free_port()
        self.url = f"https://localhost:{self.port}"
        certificates(folder)
        self.authority, self.certificate, self.key = (folder / name for name in ("ca.pem", "server.pem", "server.key"))
        self.access, self.errors = folder / "access.log", folder / "error.log"

    def run(self, *command):
        with open(self.folder / "said", "wb") as said:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=said, stderr=said, env=os.environ | {"HOME": str(self.folder)})
        try:
            Installation.wait_until(self.listens, "the proxy to listen")
        except BaseException:
            self.stop()
            raise
        return self

    def listens(self):
        assert self.process.poll() is None, (self.folder / "said").read_text()
        return subprocess.run(["curl", "--silent", "--cacert", self.authority, self.url + "/livez"], capture_output=True).returncode == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)

    def lines(self):
        """All that stands in its logs."""
        return "".join(file.read_text() for file in (self.access, self.errors, self.folder / "said") if file.exists())


class Nginx(Proxy):
    """Debian's, with all of its log that is not for finding mistakes in nginx."""

    def start(self, server):
        for public, here in {
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl", "/etc/ssl/rapport.example.pem": str(self.certificate),
            "/etc/ssl/rapport.example.key": str(self.key), "http://127.0.0.1:8080": self.upstream,
        }.items():
            assert public in server, f"the recipe has no {public}"
            server = server.replace(public, here)
        places = "\n".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(f"""
            {"user root;" if os.getuid() == 0 else ""}
            daemon off; pid {self.folder}/pid; error_log {self.errors} info;
            events {{}}
            http {{ access_log {self.access}; {places}
            {server} }}
        """)
        return self.run(shutil.which("nginx", path=PLACES), "-e", self.errors, "-p", self.folder, "-c", self.folder / "nginx.conf")


class Caddy(Proxy):
    """Debian's, with a log of its requests, which it does not keep by itself."""

    def start(self, site):
        for public, here in {
            "rapport.example {": f"{self.url} {{\n  tls {self.certificate} {self.key}\n  log {{\n    output file {self.access}\n  }}",
            "127.0.0.1:8080": self.upstream.removeprefix("http://"), "log_skip ": "skip_log ",
        }.items():
            assert public in site, f"the recipe has no {public}"
            site = site.replace(public, here)
        (self.folder / "Caddyfile").write_text("{\n  admin off\n  auto_https disable_redirects\n  skip_install_trust\n}\n" + site)
        return self.run(shutil.which("caddy", path=PLACES), "run", "--adapter", "caddyfile", "--config", self.folder / "Caddyfile")


class Apache(Proxy):
    """Debian's, with the lines of the table."""
    absent = 503
    modules = ["mpm_event", "authz_core", "setenvif", "ssl", "proxy", "proxy_http"]

    def start(self, quiet):
        assert "CustomLog ..." in quiet, "the table has no CustomLog"
        quiet = quiet.replace("CustomLog ...", f'CustomLog {self.access} "%h %t \\"%r\\" %>s"')
        loads = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in self.modules)
        (self.folder / "apache.conf").write_text(f"""
            {loads}
            ServerRoot {self.folder}
            ServerName localhost
            PidFile {self.folder}/pid
            ErrorLog {self.errors}
            Listen 127.0.0.1:{self.port}
            SSLEngine on
            SSLCertificateFile {self.certificate}
            SSLCertificateKeyFile {self.key}
            ProxyPreserveHost on
            ProxyPass / {self.upstream}/ retry=0
            {quiet}
        """)
        return self.run("/usr/sbin/apache2", "-X", "-f", self.folder / "apache.conf")


class HAProxy(Proxy):
    """Debian's, with the line of the table."""
    absent = 503

    def start(self, quiet):
        both = self.folder / "both.pem"
        both.write_text(self.certificate.read_text() + self.key.read_text())
        (self.folder / "haproxy.cfg").write_text(f"""
            global
              log stdout format raw local0
            defaults
              mode http
              log global
              option httplog
              retries 0
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            frontend people
              bind 127.0.0.1:{self.port} ssl crt {both}
              {quiet}
              default_backend rapport
            backend rapport
              server rapport {self.upstream.removeprefix("http://")}
        """.rstrip() + "\n")
        return self.run(shutil.which("haproxy", path=PLACES), "-db", "-f", self.folder / "haproxy.cfg")


def nginx_of_readme():
    [server] = documents.blocks(README, "nginx")
    return Nginx, server


def in_table(name):
    """What the table of docs/operating.md has for this proxy, with the pattern in it."""
    text = OPERATING.read_text()
    [row] = re.findall(rf"^\| {name} \| (.*) \|$", text, re.MULTILINE)
    [pattern] = re.findall(r"^As a pattern: `(.*)`$", text, re.MULTILINE)
    return [code.replace("PATTERN", pattern) for code in re.findall(r"`([^`]*)`", row)]


def nginx_of_table():
    """The line of docs/operating.md instead of the README's quiet place."""
    [line] = in_table("nginx")
    quiet = line.replace("proxy_pass ...", "proxy_pass http://127.0.0.1:8080")
    _, server = nginx_of_readme()
    place = re.compile(r"  location ~ .*?\n  }\n", re.DOTALL)
    assert len(place.findall(server)) == 1
    return Nginx, place.sub(lambda _: f"  {quiet}\n", server)


def caddy_of_readme():
    [site] = documents.blocks(README, "caddyfile")
    return Caddy, site


def apache_of_table():
    mark, log, place, level = in_table("Apache")
    return Apache, "\n".join([mark, log, place, level, "</LocationMatch>"])


def haproxy_of_table():
    [line] = in_table("HAProxy")
    return HAProxy, line
