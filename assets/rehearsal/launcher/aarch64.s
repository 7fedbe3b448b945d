// The first bytes of every pretend program on aarch64 (kwizard/rehearsal/launcher.py holds them
// assembled). It starts /usr/lib/rehearsal/run with all of its own arguments and ends as that ends;
// when it is killed itself, the kernel sends SIGTERM to what it started.
        .text
_start: mov x19, sp
        mov x0, #17
        mov x1, #0
        mov x2, #0
        mov x3, #0
        mov x4, #0
        mov x8, #220
        svc #0
        cbz x0, child
wait:   mov x0, #-1
        sub x1, x19, #16
        mov x2, #0
        mov x3, #0
        mov x8, #260
        svc #0
        cmn x0, #4
        b.eq wait
        ldur w1, [x19, #-16]
        and w2, w1, #127
        cbnz w2, signal
        ubfx w0, w1, #8, #8
        b exit
signal: add w0, w2, #128
exit:   mov x8, #94
        svc #0
child:  mov x0, #1
        mov x1, #15
        mov x8, #167
        svc #0
        ldr x4, [x19]
        add x2, x19, x4, lsl #3
        add x2, x2, #16
        adr x0, path
        str x0, [x19]
        mov x1, x19
        mov x8, #221
        svc #0
        mov x0, #127
        b exit
path:
