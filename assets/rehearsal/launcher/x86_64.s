// The first bytes of every pretend program on x86_64 (kwizard/rehearsal/launcher.py holds them
// assembled). It starts /usr/lib/rehearsal/run with all of its own arguments and ends as that ends;
// when it is killed itself, the kernel sends SIGTERM to what it started.
        .text
_start: movq %rsp, %rbp
        movl $57, %eax
        syscall
        testl %eax, %eax
        jz child
wait:   movq $-1, %rdi
        leaq -16(%rbp), %rsi
        xorl %edx, %edx
        xorl %r10d, %r10d
        movl $61, %eax
        syscall
        cmpq $-4, %rax
        je wait
        movl -16(%rbp), %edi
        movl %edi, %eax
        andl $127, %eax
        jnz signal
        shrl $8, %edi
        andl $255, %edi
        jmp exit
signal: leal 128(%rax), %edi
exit:   movl $231, %eax
        syscall
child:  movl $1, %edi
        movl $15, %esi
        movl $157, %eax
        syscall
        movq (%rbp), %rax
        leaq 16(%rbp,%rax,8), %rdx
        leaq path(%rip), %rdi
        movq %rdi, (%rbp)
        movq %rbp, %rsi
        movl $59, %eax
        syscall
        movl $127, %edi
        jmp exit
path:
