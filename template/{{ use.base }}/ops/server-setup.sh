#!/bin/sh
# Prepares a fresh Ubuntu host: run once as root, with DEPLOY_KEY set to a public SSH key
#. Running it again changes nothing.
set -eu

: "${DEPLOY_KEY:?set DEPLOY_KEY to the public SSH key of whoever deploys}"
[ "$(id -u)" = 0 ] || { echo "run it as root" >&2; exit 1; }

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends \
    ca-certificates docker.io docker-compose-v2 fail2ban git ufw unattended-upgrades

id deploy >/dev/null 2>&1 || adduser --disabled-password --gecos "" deploy
usermod --append --groups sudo,docker deploy
install --directory --mode 700 --owner deploy --group deploy /home/deploy/.ssh
printf '%s\n' "$DEPLOY_KEY" >/home/deploy/.ssh/authorized_keys
chown deploy:deploy /home/deploy/.ssh/authorized_keys
chmod 600 /home/deploy/.ssh/authorized_keys
printf 'deploy ALL=(ALL) NOPASSWD:ALL\n' >/etc/sudoers.d/deploy
chmod 440 /etc/sudoers.d/deploy

cat >/etc/ssh/sshd_config.d/00-keys-only.conf <<'CONFIG'
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
CONFIG
sshd -t
systemctl reload ssh

cat >/etc/fail2ban/jail.d/sshd.local <<'CONFIG'
[sshd]
enabled = true
bantime = 1h
maxretry = 5
CONFIG
systemctl enable --now fail2ban
systemctl restart fail2ban

ufw default deny incoming
ufw default allow outgoing
ufw allow 22/tcp
ufw allow 80/tcp
ufw allow 443/tcp
ufw --force enable

systemctl enable --now docker unattended-upgrades
echo "done: log in as deploy, root can no longer"
