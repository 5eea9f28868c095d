import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { ComponentPropsWithRef } from 'react'

type Link<Props> = Props & Omit<ComponentPropsWithRef<'a'>, keyof Props>

/** A link to another screen that looks like a button. */
export const LinkButton = createLink((props: Link<ButtonProps>) => <Button component="a" {...props} />)

/** A link to another screen, in a text. */
export const TextLink = createLink((props: Link<AnchorProps>) => <Anchor {...props} />)
