"""A serial line without hardware: a pseudo terminal whose other end is a TCP port. Writes the name of its near end."""

import os
import select
import socket
import sys
import tty

near, far = os.openpty()
tty.setraw(near)
tty.setraw(far)
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print(os.ttyname(far), flush=True)
while True:
    ready, _, _ = select.select([near, line], [], [])
    if near in ready:
        line.sendall(os.read(near, 4096))
    if line in ready:
        data = line.recv(4096)
        if not data:
            break
        os.write(near, data)
