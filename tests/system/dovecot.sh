# A Dovecot of its own on loopback, for the scripts that source this after common.sh: IMAP with STARTTLS on
# $imap_port, with TLS on $imaps_port, certificate $work/localhost.pem; the user me@example.org has the
# password "secret" and the Maildir $maildir.
dovecot_start() {
	local owner group
	[ -x /usr/sbin/dovecot ] || { echo "dovecot-imapd is missing"; exit 77; }
	owner=$(id -un) group=$(id -gn)
	[ "$(id -u)" != 0 ] || { owner=nobody group=nogroup; }
	maildir=$work/box/Maildir
	imap_port=$(free_port) imaps_port=$(free_port)
	mkdir -p "$work/dovecot" "$maildir/new" "$maildir/cur" "$maildir/tmp"
	make_certificate localhost
	echo "me@example.org:{PLAIN}secret:$(id -u $owner):$(id -g $owner)::$work/box::" >"$work/dovecot/users"
	cat >"$work/dovecot.conf" <<-END
		base_dir = $work/dovecot
		state_dir = $work/dovecot
		log_path = $work/dovecot.log
		protocols = imap
		listen = 127.0.0.1
		ssl = required
		ssl_cert = <$work/localhost.pem
		ssl_key = <$work/localhost.key
		mail_location = maildir:~/Maildir
		first_valid_uid = 1
		default_internal_user = $owner
		default_internal_group = $group
		default_login_user = $owner
		passdb {
		  driver = passwd-file
		  args = $work/dovecot/users
		}
		userdb {
		  driver = passwd-file
		  args = $work/dovecot/users
		}
		namespace inbox {
		  inbox = yes
		  separator = /
		}
		service anvil {
		  chroot =
		}
		service imap-login {
		  chroot =
		  inet_listener imap {
		    port = $imap_port
		  }
		  inet_listener imaps {
		    port = $imaps_port
		    ssl = yes
		  }
		}
	END
	dovecot_own
	/usr/sbin/dovecot -F -c "$work/dovecot.conf" 2>/dev/null &
	servers+=($!)
	wait_for_port "$imaps_port"
}

# After files were put into its Maildir.
dovecot_own() { [ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$work/box"; }

# dovecot_fill FIRST LAST [LINES]: mails with these numbers into new/, of up to so many lines.
dovecot_fill() {
	python3 - "$maildir/new" "$1" "$2" "${3:-40}" <<-'END'
		import sys
		folder, first, last, lines = sys.argv[1], *map(int, sys.argv[2:])
		for i in range(first, last + 1):
		    with open(f"{folder}/{1700000000 + i}.{i:06d}.host", "w") as f:
		        f.write(f"From: Desk <desk{i % 50}@provider.example>\nTo: abuse-team@reporter.example\nSubject: Re: report {i}\n"
		                f"Message-ID: <{i}@provider.example>\nDate: Wed, 1 Jul 2026 10:00:00 +0000\n\n"
		                + "We have got your report and look into it.\n" * (1 + i % lines))
	END
	dovecot_own
}

# dovecot_ask COMMAND…: what the server says to each after SELECT INBOX.
dovecot_ask() {
	python3 - "$imaps_port" "$@" <<-'END'
		import socket, ssl, sys
		s = ssl._create_unverified_context().wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))))
		f = s.makefile("rb")
		f.readline()
		for command in ["LOGIN me@example.org secret", *sys.argv[2:]]:
		    s.sendall(b"t " + command.encode() + b"\r\n")
		    while True:
		        line = f.readline().decode("latin-1").rstrip()
		        if command.split()[0] not in ("LOGIN", "SELECT"):
		            print(line)
		        if not line or line.startswith("t "):
		            break
	END
}
